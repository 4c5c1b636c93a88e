"""quickcare.sms.texts: every SMS in every language says what it must, has room, and is its registered text."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quickcare import links
from quickcare.sms import gsm7, names, registered, texts
from quickcare.sms.languages import LANGUAGES
from quickcare.sms.texts import Text
from quickcare.web import fields

DAY = "2026-09-30", "12:30"  # The longest in both languages.
# On AWS, with the longest names of a region and a stage; a domain of one's own may be as long as LINK_URL.
ON_AWS = "https://a1b2c3d4e5.execute-api.ap-southeast-1.amazonaws.com/staging"
OF_72 = f"https://{'x' * 64}"
WITH_LINK = {key for key, text in LANGUAGES["en"].texts.items() if "{link}" in text}
VARIABLES = re.compile(r"\{(\w+)\}")


def about(name: str, link_base: str = ON_AWS) -> dict[str, Text]:
    """Every text about people and clinics with this name, by its key."""
    on = (*DAY, name, name)
    url = links.url(link_base, "0" * 16)
    made = [
        texts.registration_code(name, "012345", 10),
        texts.one_time_code("012345", 10),
        texts.password_changed(*DAY),
        texts.temporary_password("hunter22", 7, name),
        texts.staff_added(name, "receptionist"),
        texts.staff_removed(name, "receptionist"),
        texts.staff_left(name, name, "receptionist"),
        texts.invitation(name, "receptionist", url),
        texts.patient_cancelled(*DAY, name, name, name),
        texts.document_asked_for(name, url),
        texts.appointment_reminder(*on, url),
        texts.missed_visit(name, name, url),
        texts.document_filed(name),
        texts.document_granted(name),
        texts.document_refused(name),
        texts.document_revoked(name),
    ]
    of_appointments: list[Callable[[str, str, str, str], Text]] = [
        texts.appointment_booked,
        texts.appointment_confirmed,
        texts.appointment_cancelled,
        texts.appointment_cancelled_by_clinic,
        texts.appointment_cannot_take_place,
        texts.cancelled_by_patient,
        texts.cancelled_by_clinic,
    ]
    return {one.key: one for one in (*made, *(text(*on) for text in of_appointments))}


EVERY_TEXT = [(language.code, key, text) for language in LANGUAGES.values() for key, text in language.texts.items()]


def test_every_language_has_every_text() -> None:
    public = {name for name, _ in inspect.getmembers(texts, inspect.isfunction) if not name.startswith("_")}
    wanted = public - {"spoken", "dataclass"}
    assert about("Asha").keys() == wanted
    assert {code: language.texts.keys() for code, language in LANGUAGES.items()} == dict.fromkeys(LANGUAGES, wanted)


def test_people_may_choose_the_languages_that_there_are() -> None:
    assert set(get_args(get_args(fields.Language)[0])) == set(LANGUAGES)


def test_a_text_names_us_and_ends_with_no_variable() -> None:
    assert [key for _, key, text in EVERY_TEXT if "QuickCare" not in text or text.endswith("}")] == []
    for _, key, text in EVERY_TEXT:
        assert set(VARIABLES.findall(text)) <= about("Asha")[key].variables.keys(), key


def test_a_text_about_an_appointment_names_the_clinic_and_the_time() -> None:
    with_appointments = [one for one in EVERY_TEXT if "appointment" in one[1] or "cancelled" in one[1]]
    assert len(with_appointments) == 18
    assert [one for one in with_appointments if not {"clinic", "moment"} <= set(VARIABLES.findall(one[2]))] == []


@pytest.mark.parametrize("link_base", [ON_AWS, OF_72], ids=["on AWS", "longest"])
@pytest.mark.parametrize("name", ["W" * 200, "क्षि" * 60, "{" * 200, "௯" * 200, "李" * 60, "😀"], ids=range(6))
def test_every_text_has_room_for_the_longest_variables(name: str, link_base: str) -> None:
    for key, text in about(name, link_base).items():
        english, *others = (text.say(language) for language in ("en", *(LANGUAGES.keys() - {"en"})))
        assert gsm7.is_one_segment(english), key
        assert max(map(gsm7.segments, others)) <= 3, key
        assert key not in WITH_LINK or all(f"{link_base}/l/{'0' * 16} " in body for body in (english, *others))


@given(st.text(max_size=60) | st.text(st.characters(min_codepoint=0x0900, max_codepoint=0x0D7F), max_size=60))
def test_every_text_is_its_registered_text_whatever_the_names(name: str) -> None:
    for key, text in about(name).items():
        for language in LANGUAGES:
            body = text.say(language)
            assert registered.is_registered(key, language, body, f"{ON_AWS}/l/")
            assert gsm7.segments(body) <= LANGUAGES[language].most_segments


@given(st.text(min_size=1, max_size=3), st.data())
def test_what_is_added_to_a_text_makes_it_another(extra: str, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(about("Asha"))))
    language = data.draw(st.sampled_from(sorted(LANGUAGES)))
    body = about("Asha")[key].say(language)
    assert not registered.is_registered(key, language, body + extra, f"{ON_AWS}/l/")


def test_one_text_is_not_another() -> None:
    said = {(language, key): text.say(language) for key, text in about("Asha").items() for language in LANGUAGES}
    for one, body in said.items():
        fitting = [other for other in said if registered.is_registered(other[1], other[0], body, f"{ON_AWS}/l/")]
        assert fitting == [one]


@pytest.mark.parametrize(
    ("key", "language", "base"),
    [("no_such_text", "en", ON_AWS), ("invitation", "xx", ON_AWS), ("invitation", "en", "https://evil.example")],
)
def test_what_is_not_registered_is_no_text(key: str, language: str, base: str) -> None:
    assert not registered.is_registered(key, language, about("Asha")["invitation"].say("en"), f"{base}/l/")


def test_a_variable_has_at_most_thirty_characters() -> None:
    for text in about("W" * 200).values():
        for name, variable in text.variables.items():
            said = [variable.say(language, names.LONGEST) for language in LANGUAGES.values()]
            assert name == "link" or max(map(len, said)) <= names.LONGEST


@pytest.mark.parametrize(
    ("time", "english", "hindi"),
    [
        ("00:05", "29 Nov 12:05 AM", "29 नवंबर रात 12:05 बजे"),
        ("09:30", "29 Nov 9:30 AM", "29 नवंबर सुबह 9:30 बजे"),
        ("12:00", "29 Nov 12:00 PM", "29 नवंबर दोपहर 12:00 बजे"),
        ("17:45", "29 Nov 5:45 PM", "29 नवंबर शाम 5:45 बजे"),
        ("23:59", "29 Nov 11:59 PM", "29 नवंबर रात 11:59 बजे"),
    ],
)
def test_a_time_is_said_as_people_read_it(time: str, english: str, hindi: str) -> None:
    text = texts.password_changed("2026-11-29", time)
    assert f"on {english}." in text.say("en")
    assert f"पासवर्ड {hindi} बदला" in text.say("hi")


@pytest.mark.parametrize(
    ("name", "english", "hindi"),
    [
        ("Suresh Yadav", "Dr. Suresh Yadav", "डॉ. Suresh Yadav"),
        ("Dr. Suresh Yadav", "Dr. Suresh Yadav", "डॉ. Suresh Yadav"),
        ("DR.Suresh Yadav", "Dr. Suresh Yadav", "डॉ. Suresh Yadav"),
        ("Dr. Dr. Suresh Yadav", "Dr. Suresh Yadav", "डॉ. Suresh Yadav"),
        ("Prof. Dr. Suresh Yadav", "Prof. Dr. Suresh Yadav", "Prof. डॉ. Suresh Yadav"),
        ("Prof Suresh Yadav", "Prof. Suresh Yadav", "Prof. Suresh Yadav"),
        ("डॉ. गीता शर्मा", "Dr. Geeta Sharma", "डॉ. गीता शर्मा"),
        ("டாக்டர் முருகன்", "Dr. Murukan", "डॉ. Murukan"),
        ("Drona Yadav", "Dr. Drona Yadav", "डॉ. Drona Yadav"),
        ("Dr.", "your doctor", "आपके डॉक्टर"),
        ("محمد خان", "your doctor", "आपके डॉक्टर"),
        ("😀", "your doctor", "आपके डॉक्टर"),
        ("Dr. 98765 43210", "your doctor", "आपके डॉक्टर"),
    ],
)
def test_a_doctor_has_one_title(name: str, english: str, hindi: str) -> None:
    assert (
        texts.document_asked_for(name, "https://qck.in/l/0000000000000000")
        .say("en")
        .startswith(f"QuickCare: {english} asks to see")
    )
    assert (
        texts.document_asked_for(name, "https://qck.in/l/0000000000000000")
        .say("hi")
        .startswith(f"QuickCare: {hindi} आपका एक दस्तावेज़")
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            texts.appointment_confirmed("2026-11-29", "09:30", "गीता शर्मा", "सिटी केयर"),
            "QuickCare: Your appointment with Dr. Geeta Sharma at Siti Keyar on 29 Nov 9:30 AM is confirmed.",
        ),
        (
            texts.cancelled_by_patient("2026-11-29", "09:30", "محمد", "City Care"),
            "QuickCare: The appointment of a patient at City Care on 29 Nov 9:30 AM was cancelled by the patient.",
        ),
        (
            texts.registration_code("Asha Rao", "012345", 10),
            "012345 is your QuickCare code, valid for 10 minutes. Asha Rao registers this number. "
            "If that is not you, do not share it.",
        ),
        (
            texts.invitation("City Care", "lab_member", "https://qck.in/l/0000000000000000"),
            "QuickCare: City Care invites you as lab member: https://qck.in/l/0000000000000000 (7 days)",
        ),
    ],
)
def test_what_texts_say(text: Text, says: str) -> None:
    assert text.say("en") == says


def test_the_days_of_a_link_stand_in_its_text() -> None:
    assert links.LIFETIME.days == 7
    keys = WITH_LINK - {"appointment_reminder"}  # good until the appointment
    assert [key for key in keys for language in LANGUAGES.values() if "7" not in language.texts[key]] == []


def test_the_texts_load_no_table_and_no_settings() -> None:
    program = "import sys, quickcare.sms.texts; print(*sorted(name for name in sys.modules if 'quickcare' in name))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [
        "quickcare",
        "quickcare.sms",
        "quickcare.sms.gsm7",
        "quickcare.sms.indic",
        "quickcare.sms.language",
        "quickcare.sms.languages",
        "quickcare.sms.languages.english",
        "quickcare.sms.languages.hindi",
        "quickcare.sms.names",
        "quickcare.sms.texts",
        "quickcare.sms.variables",
        "quickcare.titles",
    ]
