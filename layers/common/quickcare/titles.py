"""Titles, which are no part of a name: some write them before it, most leave them out."""

import re
import unicodedata

# fmt: off
DOCTOR = (
    "dr", "drs", "doc", "doctor",
    "डॉ", "डा", "डॉक्टर", "डाक्टर",  # Hindi, Marathi, Nepali
    "ডা", "ডাঃ", "ডঃ", "ডাক্তার", "ডক্টর",  # Bengali
    "ડૉ", "ડો", "ડૉક્ટર", "ડોક્ટર",  # Gujarati
    "ਡਾ", "ਡਾਕਟਰ",  # Punjabi
    "ଡା", "ଡାଃ", "ଡଃ", "ଡାକ୍ତର",  # Odia
    "டாக்டர்", "மருத்துவர்", "முனைவர்",  # Tamil
    "డా", "డాక్టర్",  # Telugu
    "ಡಾ", "ಡಾಕ್ಟರ್",  # Kannada
    "ഡോ", "ഡോക്ടർ",  # Malayalam
    "ڈاکٹر",  # Urdu
)
OTHERS = (
    "prof", "professor", "mrs", "smt",
    "प्रो", "प्रोफेसर", "प्रोफ़ेसर", "श्रीमती",  # Hindi, Marathi, Nepali
    "অধ্যাপক", "প্রফেসর",  # Bengali
    "પ્રો", "પ્રોફેસર",  # Gujarati
    "ਪ੍ਰੋ", "ਪ੍ਰੋਫੈਸਰ",  # Punjabi
    "ପ୍ରଫେସର",  # Odia
    "பேராசிரியர்",  # Tamil
    "ప్రొఫెసర్", "ప్రొ",  # Telugu
    "ಪ್ರೊ", "ಪ್ರೊಫೆಸರ್",  # Kannada
    "പ്രൊഫ", "പ്രൊഫസർ",  # Malayalam
    "پروفیسر",  # Urdu
)
# fmt: on
_AFTER = ".:॰"  # what may stand behind a title, beside a blank
_WORD = re.compile(rf"\s*([^\s{_AFTER}]+)(?:[{_AFTER}]+\s*|\s+|$)")


def of_doctor(name: str) -> str:
    """A doctor's name with a title: `"Suresh Yadav"`, `"dr.Suresh Yadav"` and `"Dr. Dr. Suresh Yadav"` are
    `"Dr. Suresh Yadav"`. Other titles stay: `"Prof. Suresh Yadav"`."""
    is_doctor, others, rest = _apart(name)
    return " ".join([*others, *(["Dr."] if is_doctor or not others else []), rest]) if rest else name


def without_doctor(name: str) -> str:
    """A doctor's name where another word says that it is one: `"Dr. Suresh Yadav"` is `"Suresh Yadav"`."""
    _, others, rest = _apart(name)
    return " ".join([*others, rest]) if rest else name


def without_titles(name: str) -> str:
    """What is left of a name without any title; empty when it is only titles."""
    return _apart(name)[2]


def is_doctors(word: str) -> bool:
    """Whether a word alone is a doctor's title, in any script: `"डॉ"`."""
    return _plain(word) in _DOCTOR


def _apart(name: str) -> tuple[bool, list[str], str]:
    """Whether the name begins with a doctor's title, the other titles before it, each once, and what is left of it."""
    is_doctor, others, start = False, dict[str, str](), 0
    while found := _WORD.match(name, start):
        word = _plain(found[1])
        if word in _DOCTOR:
            is_doctor = True
        elif word in _OTHERS:
            others.setdefault(word, f"{found[1]}.")
        else:
            break
        start = found.end()
    return is_doctor, list(others.values()), name[start:].strip()


def _plain(word: str) -> str:
    visible = "".join(letter for letter in word if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFKC", visible).casefold()


_DOCTOR, _OTHERS = frozenset(map(_plain, DOCTOR)), frozenset(map(_plain, OTHERS))
