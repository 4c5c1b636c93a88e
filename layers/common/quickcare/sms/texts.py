"""Every SMS that QuickCare sends: one function for each key of the registry. What a text says is in the languages
(`quickcare.sms.languages`); docs/messages.md says who gets it when.

    text = texts.document_granted("गीता शर्मा")
    text.say("en")  # QuickCare: Geeta Sharma lets you see a document you asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from quickcare.sms import gsm7, names
from quickcare.sms.languages import spoken
from quickcare.sms.variables import Doctor, Link, Moment, Named, Role, Variable, Word

_SHORTER = (names.LONGEST, 27, 24, 21, 18, 15, 11)  # characters of each name, until the text has room


@dataclass(frozen=True)
class Text:
    """A text that is not written yet: its key in the registry, and what it is about."""

    key: str
    variables: Mapping[str, Variable]

    def say(self, language_code: str | None) -> str:
        """The text in a language, in no more segments than that allows: names give way to what cannot be cut."""
        language = spoken(language_code)
        for most in _SHORTER:
            body = self._in(language.code, most)
            if gsm7.segments(body) <= language.most_segments:
                return body
        raise ValueError(f"{self.key} in {language.code} has no room for its variables")

    def _in(self, language_code: str, most: int) -> str:
        language = spoken(language_code)
        said = {name: variable.say(language, most) for name, variable in self.variables.items()}
        return language.texts[self.key].format(**said)


def one_time_code(code: str, minutes: int) -> Text:
    """To somebody who has forgotten the password, when the code is issued. It is valid for `minutes`."""
    return Text("one_time_code", {"code": Word(code), "minutes": Word(minutes)})


def registration_code(name: str, code: str, minutes: int) -> Text:
    """To a number that somebody registers: who, and the code. The owner of the number sees whether it is them."""
    about: dict[str, Variable] = {"person": Named("person", name), "code": Word(code), "minutes": Word(minutes)}
    return Text("registration_code", about)


def password_changed(date: str, time: str) -> Text:
    """To the owner of an account, when its password was changed: they see it if somebody else did."""
    return Text("password_changed", {"moment": Moment(date, time)})


def temporary_password(password: str, days: int, clinic_name: str) -> Text:
    """To a new member of staff, when a clinic adds them and an account is made. The password is valid for `days`."""
    about: dict[str, Variable] = {
        "password": Word(password),
        "days": Word(days),
        "clinic": Named("clinic", clinic_name),
    }
    return Text("temporary_password", about)


def staff_added(clinic_name: str, role: str) -> Text:
    """To somebody who has an account as staff, when a clinic adds them and they begin at once."""
    return Text("staff_added", _member(clinic_name, role))


def staff_removed(clinic_name: str, role: str) -> Text:
    """To a member, when the clinic's owner ends their membership."""
    return Text("staff_removed", _member(clinic_name, role))


def staff_left(member_name: str, clinic_name: str, role: str) -> Text:
    """To the owner of a clinic, when a member leaves it."""
    return Text("staff_left", {"member": Named("member", member_name), **_member(clinic_name, role)})


def invitation(clinic_name: str, role: str, url: str) -> Text:
    """To somebody who has an account, when a clinic invites them. `url` is the page where they answer."""
    return Text("invitation", {"link": Link(url), **_member(clinic_name, role)})


def appointment_booked(date: str, time: str, doctor_name: str, clinic_name: str) -> Text:
    """To the patient, when they have booked. `date` is `YYYY-MM-DD`, `time` is `HH:MM`."""
    return Text("appointment_booked", _appointment(date, time, doctor_name, clinic_name))


def appointment_confirmed(date: str, time: str, doctor_name: str, clinic_name: str) -> Text:
    """To the patient, when the doctor confirms."""
    return Text("appointment_confirmed", _appointment(date, time, doctor_name, clinic_name))


def appointment_cancelled(date: str, time: str, doctor_name: str, clinic_name: str) -> Text:
    """To the patient, when the doctor cancels."""
    return Text("appointment_cancelled", _appointment(date, time, doctor_name, clinic_name))


def appointment_cancelled_by_clinic(date: str, time: str, doctor_name: str, clinic_name: str) -> Text:
    """To the patient, when the clinic cancels."""
    return Text("appointment_cancelled_by_clinic", _appointment(date, time, doctor_name, clinic_name))


def appointment_cannot_take_place(date: str, time: str, doctor_name: str, clinic_name: str) -> Text:
    """To the patient, when doctor or clinic are gone."""
    return Text("appointment_cannot_take_place", _appointment(date, time, doctor_name, clinic_name))


def appointment_reminder(date: str, time: str, doctor_name: str, clinic_name: str, url: str) -> Text:
    """To the patient, the evening before and three hours before. `url` is the page where they say whether they come."""
    return Text("appointment_reminder", {"link": Link(url), **_appointment(date, time, doctor_name, clinic_name)})


def missed_visit(doctor_name: str, clinic_name: str, url: str) -> Text:
    """To the patient, after a visit that they missed. `url` is the page where they book again."""
    about: dict[str, Variable] = {"doctor": Doctor(doctor_name), "clinic": Named("clinic", clinic_name)}
    return Text("missed_visit", {"link": Link(url), **about})


def cancelled_by_patient(date: str, time: str, patient_name: str, clinic_name: str) -> Text:
    """To the doctor, when the patient cancels."""
    return Text("cancelled_by_patient", _with_patient(date, time, patient_name, clinic_name))


def patient_cancelled(date: str, time: str, patient_name: str, doctor_name: str, clinic_name: str) -> Text:
    """To the owner of the clinic, its desk, when a patient cancels."""
    about = _with_patient(date, time, patient_name, clinic_name)
    return Text("patient_cancelled", {**about, "doctor": Doctor(doctor_name)})


def cancelled_by_clinic(date: str, time: str, patient_name: str, clinic_name: str) -> Text:
    """To the doctor, when the clinic cancels."""
    return Text("cancelled_by_clinic", _with_patient(date, time, patient_name, clinic_name))


def document_asked_for(doctor_name: str, url: str) -> Text:
    """To the owner of a document, when a doctor asks to see it. `url` is the page where they answer."""
    return Text("document_asked_for", {"doctor": Doctor(doctor_name), "link": Link(url)})


def document_filed(clinic_name: str) -> Text:
    """To the owner of a document, when somebody else files it for them in a clinic."""
    return Text("document_filed", {"clinic": Named("clinic", clinic_name)})


def document_granted(patient_name: str) -> Text:
    """To the doctor who asked for a document, when its owner grants it."""
    return Text("document_granted", {"patient": Named("patient", patient_name)})


def document_refused(patient_name: str) -> Text:
    """To the doctor who asked for a document, when its owner says no."""
    return Text("document_refused", {"patient": Named("patient", patient_name)})


def document_revoked(patient_name: str) -> Text:
    """To the doctor who might read a document, when its owner takes that back."""
    return Text("document_revoked", {"patient": Named("patient", patient_name)})


def _member(clinic_name: str, role: str) -> dict[str, Variable]:
    return {"clinic": Named("clinic", clinic_name), "role": Role(role)}


def _appointment(date: str, time: str, doctor_name: str, clinic_name: str) -> dict[str, Variable]:
    """To the patient."""
    return {"moment": Moment(date, time), "doctor": Doctor(doctor_name), "clinic": Named("clinic", clinic_name)}


def _with_patient(date: str, time: str, patient_name: str, clinic_name: str) -> dict[str, Variable]:
    """To the doctor."""
    about = {"patient": Named("patient", patient_name), "clinic": Named("clinic", clinic_name)}
    return {"moment": Moment(date, time), **about}
