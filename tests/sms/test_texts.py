"""quickcare.sms.texts: every SMS says what it must, in one segment, whatever the names are."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quickcare.sms import gsm7, texts

DAY = "2026-03-02", "09:00"
# On AWS, with the longest names of a region and a stage; a domain of one's own may be as long as PUBLIC_URL.
LONGEST_LINK = f"https://a1b2c3d4e5.execute-api.ap-southeast-1.amazonaws.com/staging/l/{'0' * 16}"
# Each text as a function of the name in it, with the most septets that name may take.
NAMED: dict[str, tuple[Callable[[str], str], int, str]] = {
    "temporary_password": (
        partial(texts.temporary_password, "hunter22", 7),
        40,
        "Your QuickCare login is this number, password: hunter22 (valid for 7 days). Added by {}",
    ),
    "registration_code": (
        partial(texts.registration_code, code="012345", minutes=10),
        40,
        "012345 is your QuickCare code, valid for 10 minutes. {} registers this number. "
        "If that is not you, do not share it.",
    ),
    "invitation": (
        partial(texts.invitation, role="receptionist", url=LONGEST_LINK),
        33,
        f"QuickCare: {{}} invites you as receptionist: {LONGEST_LINK}",
    ),
    "appointment_booked": (
        partial(texts.appointment_booked, *DAY),
        60,
        "QuickCare: your appointment on 2026-03-02 at 09:00 is booked and waits for confirmation. Doctor: {}",
    ),
    "appointment_confirmed": (
        partial(texts.appointment_confirmed, *DAY),
        60,
        "QuickCare: your appointment on 2026-03-02 at 09:00 is confirmed. Doctor: {}",
    ),
    "appointment_cancelled": (
        partial(texts.appointment_cancelled, *DAY),
        60,
        "QuickCare: your appointment on 2026-03-02 at 09:00 was cancelled by the doctor. Doctor: {}",
    ),
    "appointment_cancelled_by_clinic": (
        partial(texts.appointment_cancelled_by_clinic, *DAY),
        60,
        "QuickCare: your appointment on 2026-03-02 at 09:00 was cancelled by the clinic. Doctor: {}",
    ),
    "appointment_cannot_take_place": (
        partial(texts.appointment_cannot_take_place, *DAY),
        60,
        "QuickCare: your appointment on 2026-03-02 at 09:00 cannot take place, please book again. Doctor: {}",
    ),
    "cancelled_by_patient": (
        partial(texts.cancelled_by_patient, *DAY),
        60,
        "QuickCare: your appointment on 2026-03-02 at 09:00 was cancelled by the patient. Patient: {}",
    ),
    "cancelled_by_clinic": (
        partial(texts.cancelled_by_clinic, *DAY),
        60,
        "QuickCare: your appointment on 2026-03-02 at 09:00 was cancelled by the clinic. Patient: {}",
    ),
    "document_asked_for": (
        texts.document_asked_for,
        60,
        "QuickCare: Dr. {} asks to see one of your documents. Open the app to answer.",
    ),
    "document_filed": (
        texts.document_filed,
        40,
        "QuickCare: {} has filed a document for you. Open the app to see it and who read it.",
    ),
    "document_granted": (texts.document_granted, 60, "QuickCare: {} lets you see a document you asked for."),
}
# A name, and what of it an SMS shows before it is cut. The longest name is a clinic's, 200 characters.
NAMES = {
    "plain": ("Dora Iyer", "Dora Iyer"),
    "longest": ("x" * 200, "x" * 200),
    "longest, two septets each": ("{" * 200, "{" * 100),
    "longest, many letters for one": ("\N{INDIAN RUPEE SIGN}" * 200, "Rs. " * 50),
    "another script": ("अब", "??"),
    "accents": ("Zoë D\N{RIGHT SINGLE QUOTATION MARK}Souza", "Zoe D'Souza"),
    "emoji": ("Dora 😀", "Dora ?"),
    "link": ("http://evil.example/x", "http evil. example x"),
    "phone number": ("Call +91 98765-43210", "Call"),
    "lines": ("Dora\nIyer", "Dora Iyer"),
    "braces": ("{doctor_name}", "{doctor_name}"),
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize(("text", "most", "says"), NAMED.values(), ids=NAMED)
def test_a_text_says_what_it_must(text: Callable[[str], str], most: int, says: str, name: tuple[str, str]) -> None:
    given_name, shown = name
    assert text(given_name) == says.format(gsm7.fit(shown, most).rstrip())
    assert gsm7.is_one_segment(text(given_name))


@pytest.mark.parametrize(
    ("name", "asking", "labelled"),
    [
        ("Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("Dr. Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("dr suresh yadav", "Dr. suresh yadav", "suresh yadav"),
        ("DR.Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("Dr. Dr. Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("Doctor Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("Prof. Dr. Suresh Yadav", "Prof. Dr. Suresh Yadav", "Prof. Suresh Yadav"),
        ("Prof Suresh Yadav", "Prof. Suresh Yadav", "Prof. Suresh Yadav"),
        ("\u200bDr. Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("डॉ. Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("डॉ॰ Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("டாக்டர் Suresh Yadav", "Dr. Suresh Yadav", "Suresh Yadav"),
        ("Drona Yadav", "Dr. Drona Yadav", "Drona Yadav"),
        ("Suresh Dr. Yadav", "Dr. Suresh Dr. Yadav", "Suresh Dr. Yadav"),
        ("Dr.", "Dr.", "Dr."),
        ("Doctor", "Doctor", "Doctor"),
    ],
)
def test_a_title_is_not_doubled(name: str, asking: str, labelled: str) -> None:
    assert texts.document_asked_for(name).startswith(f"QuickCare: {asking} asks to see")
    assert texts.appointment_confirmed(*DAY, name).endswith(f" Doctor: {labelled}")


@given(st.text(max_size=200))
def test_every_name_leaves_one_segment(name: str) -> None:
    for text, _, _ in NAMED.values():
        assert gsm7.is_one_segment(text(name))


def test_an_invitation_keeps_its_link_whole_at_the_longest_public_url() -> None:
    link = f"https://{'x' * 72}/l/{'0' * 16}"
    text = texts.invitation("Sunrise Diagnostics and Research Centre", "receptionist", link)
    assert text == f"QuickCare: Sunrise Diagnostics invites you as receptionist: {link}"
    assert gsm7.is_one_segment(text)


def test_a_code_says_how_long_it_is_valid() -> None:
    text = texts.one_time_code("012345", 10)
    assert text == "012345 is your QuickCare code. It is valid for 10 minutes. Do not share it."
    assert gsm7.is_one_segment(text)


def test_no_text_is_left_out_here() -> None:
    public = {name for name, _ in inspect.getmembers(texts, inspect.isfunction) if not name.startswith("_")}
    assert public == {*NAMED, "one_time_code"}


def test_the_texts_load_only_the_alphabet() -> None:
    program = "import sys, quickcare.sms.texts; print(*sorted(name for name in sys.modules if 'quickcare' in name))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [
        "quickcare",
        "quickcare.sms",
        "quickcare.sms.gsm7",
        "quickcare.sms.texts",
        "quickcare.titles",
    ]
