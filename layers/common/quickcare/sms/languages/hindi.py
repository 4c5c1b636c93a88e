"""The SMS in Hindi, each at most three segments of UCS-2. A role that stands for a name, such as `आपके क्लिनिक`, has the
form that the texts need: each of them puts a postposition behind a name, or honours the person."""

from datetime import date

from quickcare.sms.language import Language

_MONTHS = ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"]
_PARTS_OF_DAY = ((4, "रात"), (12, "सुबह"), (16, "दोपहर"), (20, "शाम"), (24, "रात"))  # until which hour


def _moment(day: str, time: str) -> str:
    """`29 नवंबर सुबह 9:30 बजे`."""
    on, (hour, minute) = date.fromisoformat(day), time.split(":")
    part = next(name for until, name in _PARTS_OF_DAY if int(hour) < until)
    return f"{on.day} {_MONTHS[on.month - 1]} {part} {(int(hour) - 1) % 12 + 1}:{minute} बजे"


_APPOINTMENT = "QuickCare: {clinic} में {doctor} के साथ {moment} का आपका अपॉइंटमेंट"
_PATIENTS = "QuickCare: {clinic} में {patient} का {moment} का अपॉइंटमेंट"

HINDI = Language(
    code="hi",
    name="हिन्दी",
    script="DEVANAGARI",
    doctor="डॉ.",
    unnamed={
        "doctor": "आपके डॉक्टर",
        "patient": "एक मरीज़",
        "clinic": "आपके क्लिनिक",
        "person": "किसी व्यक्ति",
        "member": "एक सदस्य",
    },
    roles={"doctor": "डॉक्टर", "receptionist": "रिसेप्शनिस्ट", "lab_member": "लैब सदस्य"},
    moment=_moment,
    most_segments=3,
    texts={
        "registration_code": (
            "{code} आपका QuickCare कोड है, {minutes} मिनट मान्य। यह नंबर {person} के नाम से पंजीकृत हो रहा है। "
            "अगर आप नहीं, तो कोड किसी को न बताएँ।"
        ),
        "one_time_code": "{code} आपका QuickCare कोड है। यह {minutes} मिनट तक मान्य है। इसे किसी को न बताएँ।",
        "password_changed": (
            "QuickCare: आपका पासवर्ड {moment} बदला गया। अगर यह आपने नहीं किया, तो कृपया तुरंत नया पासवर्ड बनाएँ।"
        ),
        "temporary_password": (
            "QuickCare: {clinic} ने आपको जोड़ा है। इसी नंबर से लॉग इन करें, पासवर्ड: {password} "
            "({days} दिन तक मान्य), और अपना नया पासवर्ड चुनें।"
        ),
        "staff_added": "QuickCare: {clinic} ने आपको {role} के रूप में जोड़ा है। देखने के लिए ऐप खोलें।",
        "staff_removed": ("QuickCare: अब आप {clinic} में {role} नहीं हैं। कोई सवाल हो, तो कृपया क्लिनिक से पूछें।"),
        "staff_left": "QuickCare: {member} अब {clinic} में {role} नहीं हैं। उन्होंने क्लिनिक छोड़ दिया है।",
        "invitation": "QuickCare: {clinic} में {role} बनने का निमंत्रण: {link} (7 दिन तक मान्य)",
        "appointment_booked": f"{_APPOINTMENT} बुक हो गया है। पुष्टि होने पर सूचना मिलेगी।",
        "appointment_confirmed": f"{_APPOINTMENT} पक्का हो गया है।",
        "appointment_cancelled": f"{_APPOINTMENT} डॉक्टर ने रद्द कर दिया है।",
        "appointment_cancelled_by_clinic": f"{_APPOINTMENT} क्लिनिक ने रद्द कर दिया है।",
        "appointment_cannot_take_place": f"{_APPOINTMENT} नहीं हो पाएगा। कृपया दोबारा बुक करें।",
        "appointment_reminder": "QuickCare: {clinic} में {doctor} के साथ {moment}। आ रहे हैं? {link} (यहाँ बताएँ)",
        "missed_visit": "QuickCare: {clinic} में {doctor} से मुलाक़ात छूट गई। नया समय: {link} (7 दिन तक मान्य)",
        "cancelled_by_patient": f"{_PATIENTS} मरीज़ ने रद्द कर दिया है।",
        "patient_cancelled": ("QuickCare: {patient} ने {clinic} में {doctor} के साथ {moment} का अपॉइंटमेंट रद्द कर दिया है।"),
        "cancelled_by_clinic": f"{_PATIENTS} क्लिनिक ने रद्द कर दिया है।",
        "document_asked_for": "QuickCare: {doctor} आपका एक दस्तावेज़ देखना चाहते हैं: {link} (7 दिन तक मान्य)",
        "document_granted": "QuickCare: {patient} ने वह दस्तावेज़ देखने की अनुमति दी है जो आपने माँगा था।",
        "document_refused": "QuickCare: {patient} ने वह दस्तावेज़ देखने की अनुमति नहीं दी है जो आपने माँगा था।",
        "document_revoked": "QuickCare: {patient} ने एक दस्तावेज़ देखने की आपकी अनुमति वापस ले ली है।",
        "document_filed": (
            "QuickCare: {clinic} ने आपके लिए एक दस्तावेज़ जोड़ा है। उसे देखने और यह जानने के लिए कि किसने पढ़ा, ऐप खोलें।"
        ),
    },
)
