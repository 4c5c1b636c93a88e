"""Every SMS that QuickCare sends: one function per text, which returns one GSM-7 segment.

People choose their own names. `gsm7.name` makes each name short enough that the text around it is never cut, and takes
links and phone numbers out of it.
"""

from quickcare import titles
from quickcare.sms import gsm7

_CLINIC_NAME_SEPTETS = 40
_REGISTERING_NAME_SEPTETS = 40
_TITLED_NAME_SEPTETS = 64  # a name and `Dr. `


def one_time_code(code: str, minutes: int) -> str:
    """To somebody who has forgotten the password, when the code is issued. It is valid for `minutes`."""
    return f"{code} is your QuickCare code. It is valid for {minutes} minutes. Do not share it."


def registration_code(name: str, code: str, minutes: int) -> str:
    """To a number that somebody registers: who, and the code. The owner of the number sees whether it is them."""
    return (
        f"{code} is your QuickCare code, valid for {minutes} minutes. "
        f"{gsm7.name(name, _REGISTERING_NAME_SEPTETS)} registers this number. "
        "If that is not you, do not share it."
    )


def temporary_password(password: str, days: int, clinic_name: str) -> str:
    """To a new member of staff, when a clinic adds them and an account is made. The password is valid for `days`."""
    return (
        f"Your QuickCare login is this number, password: {password} (valid for {days} days). "
        f"Added by {gsm7.name(clinic_name, _CLINIC_NAME_SEPTETS)}"
    )


def invitation(clinic_name: str, role: str, url: str) -> str:
    """To somebody who has an account, when a clinic invites them. `url` is the page where they answer."""
    before, after = "QuickCare: ", f" invites you as {role}: {url}"
    room = gsm7.SEGMENT_SEPTETS - len(before) - (gsm7.septets(after) or 0)
    return f"{before}{gsm7.name(clinic_name, min(room, _CLINIC_NAME_SEPTETS))}{after}"


def appointment_booked(date: str, time: str, doctor_name: str) -> str:
    """To the patient, when they have booked. `date` is `YYYY-MM-DD`, `time` is `HH:MM`."""
    return _appointment(date, time, "is booked and waits for confirmation", doctor_name)


def appointment_confirmed(date: str, time: str, doctor_name: str) -> str:
    """To the patient, when the doctor confirms. `date` is `YYYY-MM-DD`, `time` is `HH:MM`."""
    return _appointment(date, time, "is confirmed", doctor_name)


def appointment_cancelled(date: str, time: str, doctor_name: str) -> str:
    """To the patient, when the doctor cancels. `date` is `YYYY-MM-DD`, `time` is `HH:MM`."""
    return _appointment(date, time, "was cancelled by the doctor", doctor_name)


def appointment_cancelled_by_clinic(date: str, time: str, doctor_name: str) -> str:
    """To the patient, when the clinic cancels. `date` is `YYYY-MM-DD`, `time` is `HH:MM`."""
    return _appointment(date, time, "was cancelled by the clinic", doctor_name)


def appointment_cannot_take_place(date: str, time: str, doctor_name: str) -> str:
    """To the patient, when doctor or clinic are gone. `date` is `YYYY-MM-DD`, `time` is `HH:MM`."""
    return _appointment(date, time, "cannot take place, please book again", doctor_name)


def cancelled_by_patient(date: str, time: str, patient_name: str) -> str:
    """To the doctor, when the patient cancels. `date` is `YYYY-MM-DD`, `time` is `HH:MM`."""
    return _with_patient(date, time, "was cancelled by the patient", patient_name)


def cancelled_by_clinic(date: str, time: str, patient_name: str) -> str:
    """To the doctor, when the clinic cancels. `date` is `YYYY-MM-DD`, `time` is `HH:MM`."""
    return _with_patient(date, time, "was cancelled by the clinic", patient_name)


def document_asked_for(doctor_name: str) -> str:
    """To the owner of a document, when a doctor asks to see it."""
    name = gsm7.name(titles.of_doctor(doctor_name), _TITLED_NAME_SEPTETS)
    return f"QuickCare: {name} asks to see one of your documents. Open the app to answer."


def document_filed(clinic_name: str) -> str:
    """To the owner of a document, when somebody else files it for them in a clinic."""
    name = gsm7.name(clinic_name, _CLINIC_NAME_SEPTETS)
    return f"QuickCare: {name} has filed a document for you. Open the app to see it and who read it."


def document_granted(patient_name: str) -> str:
    """To the doctor who asked for a document, when its owner grants it."""
    return f"QuickCare: {gsm7.name(patient_name)} lets you see a document you asked for."


def _appointment(date: str, time: str, what: str, doctor_name: str) -> str:
    """To the patient. The word before the name says that it is a doctor's."""
    name = gsm7.name(titles.without_doctor(doctor_name))
    return f"QuickCare: your appointment on {date} at {time} {what}. Doctor: {name}"


def _with_patient(date: str, time: str, what: str, patient_name: str) -> str:
    """To the doctor."""
    return f"QuickCare: your appointment on {date} at {time} {what}. Patient: {gsm7.name(patient_name)}"
