"""The SMS in English, each one segment. Every one names QuickCare, and none ends with a variable (decision 0028)."""

from datetime import date

from quickcare.sms.language import Language

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _moment(day: str, time: str) -> str:
    """`29 Nov 9:30 AM`."""
    on, (hour, minute) = date.fromisoformat(day), time.split(":")
    return f"{on.day} {_MONTHS[on.month - 1]} {(int(hour) - 1) % 12 + 1}:{minute} {'AM' if int(hour) < 12 else 'PM'}"


_APPOINTMENT = "QuickCare: Your appointment with {doctor} at {clinic} on {moment}"
_PATIENTS = "QuickCare: The appointment of {patient} at {clinic} on {moment}"

ENGLISH = Language(
    code="en",
    name="English",
    script=None,
    doctor="Dr.",
    unnamed={
        "doctor": "your doctor",
        "patient": "a patient",
        "clinic": "your clinic",
        "person": "Somebody",
        "member": "A member of staff",
    },
    roles={"doctor": "doctor", "receptionist": "receptionist", "lab_member": "lab member"},
    moment=_moment,
    most_segments=1,
    texts={
        "registration_code": (
            "{code} is your QuickCare code, valid for {minutes} minutes. {person} registers this number. "
            "If that is not you, do not share it."
        ),
        "one_time_code": "{code} is your QuickCare code. It is valid for {minutes} minutes. Do not share it.",
        "password_changed": (
            "QuickCare: Your password was changed on {moment}. If that was not you, set a new one at once."
        ),
        "temporary_password": (
            "QuickCare: {clinic} has added you. Log in with this number, password: {password} "
            "(valid for {days} days), and choose your own."
        ),
        "staff_added": "QuickCare: {clinic} has added you as {role}. Open the app to see it.",
        "staff_removed": "QuickCare: You no longer work at {clinic} as {role}. Please ask the clinic why.",
        "staff_left": "QuickCare: {member}, {role} at {clinic}, has left the clinic.",
        "invitation": "QuickCare: {clinic} invites you as {role}: {link} (7 days)",
        "appointment_booked": f"{_APPOINTMENT} is booked and awaits confirmation.",
        "appointment_confirmed": f"{_APPOINTMENT} is confirmed.",
        "appointment_cancelled": f"{_APPOINTMENT} was cancelled by the doctor.",
        "appointment_cancelled_by_clinic": f"{_APPOINTMENT} was cancelled by the clinic.",
        "appointment_cannot_take_place": f"{_APPOINTMENT} cannot take place. Please book again.",
        "appointment_reminder": "QuickCare: {doctor}, {clinic}, {moment}. Coming? {link} (tap)",
        "missed_visit": "QuickCare: You missed {doctor}, {clinic}. New time: {link} (7 days)",
        "cancelled_by_patient": f"{_PATIENTS} was cancelled by the patient.",
        "patient_cancelled": "QuickCare: {patient} has cancelled with {doctor} at {clinic}: {moment} is free again.",
        "cancelled_by_clinic": f"{_PATIENTS} was cancelled by the clinic.",
        "document_asked_for": "QuickCare: {doctor} asks to see a document: {link} (7 days)",
        "document_granted": "QuickCare: {patient} lets you see a document you asked for.",
        "document_refused": "QuickCare: {patient} does not let you see a document you asked for.",
        "document_revoked": "QuickCare: {patient} no longer lets you see a document.",
        "document_filed": ("QuickCare: {clinic} has filed a document for you. Open the app to see it and who read it."),
    },
)
