"""Titles, which are no part of a name: some write them before it, most leave them out."""

from quickcare.search.letters import plain

# fmt: off
_TITLES = (
    "dr", "drs", "doc", "doctor", "prof", "professor", "mrs", "smt",
    "डॉ", "डा", "डॉक्टर", "डाक्टर", "प्रो", "प्रोफेसर", "प्रोफ़ेसर", "श्रीमती",  # Hindi, Marathi, Nepali
    "ডা", "ডাঃ", "ডঃ", "ডাক্তার", "ডক্টর", "অধ্যাপক", "প্রফেসর",  # Bengali
    "ડૉ", "ડો", "ડૉક્ટર", "ડોક્ટર", "પ્રો", "પ્રોફેસર",  # Gujarati
    "ਡਾ", "ਡਾਕਟਰ", "ਪ੍ਰੋ", "ਪ੍ਰੋਫੈਸਰ",  # Punjabi
    "ଡା", "ଡାଃ", "ଡଃ", "ଡାକ୍ତର", "ପ୍ରଫେସର",  # Odia
    "டாக்டர்", "மருத்துவர்", "முனைவர்", "பேராசிரியர்",  # Tamil
    "డా", "డాక్టర్", "ప్రొఫెసర్", "ప్రొ",  # Telugu
    "ಡಾ", "ಡಾಕ್ಟರ್", "ಪ್ರೊ", "ಪ್ರೊಫೆಸರ್",  # Kannada
    "ഡോ", "ഡോക്ടർ", "പ്രൊഫ", "പ്രൊഫസർ",  # Malayalam
    "ڈاکٹر", "پروفیسر",  # Urdu
)
# fmt: on
TITLES = frozenset(map(plain, _TITLES))
