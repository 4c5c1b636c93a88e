"""`quickcare.web.fields`: which values a request may have."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from quickcare.web.fields import Code, Contact, Email, Line, Name, Text, WholeNumber


class Form(BaseModel):
    contact: Contact = 9876543210
    name: Name = "Asha"
    line: Line = ""
    text: Text = ""
    email: Email = "a@b.in"
    otp: Code = ""
    number: WholeNumber = 0


@pytest.mark.parametrize("value", [9876543210, "9876543210", 6000000000, "6000000000"])
def test_contact_is_ten_digits(value: Any) -> None:
    assert Form(contact=value).contact == int(value)


@pytest.mark.parametrize(
    "value",
    [
        "98765 43210",
        "+919876543210",
        "919876543210",
        "09876543210",
        "0009876543210",
        "9876543210 ",
        "9876543210\n",
        "९८७६५४३२१०",
        "98765-43210",
        "abc",
        "",
        None,
        True,
        9876543210.0,
        float("nan"),
        5876543210,
        987654321,
        98765432100,
        -9876543210,
        10**30,
        "9" * 5000,
        [9876543210],
        {"contact": 9876543210},
    ],
)
def test_everything_else_is_refused_as_a_contact(value: Any) -> None:
    with pytest.raises(ValidationError, match="valid 10-digit mobile number"):
        Form(contact=value)


@pytest.mark.parametrize("name", ["आशा शर्मा", "Zoë 🩺", "O'Brien-Łukasz", "x" * 100, "李小龍", "👩‍⚕️ Dr. Priya"])
def test_names_may_be_in_any_language(name: str) -> None:
    assert Form(name=name).name == name


@pytest.mark.parametrize("name", ["", "x" * 101, "a\x00b", "a\nb", "a\x7fb", "a\u2028b", 7, None, ["a"], "\ud800"])
def test_bad_names_are_refused(name: Any) -> None:
    with pytest.raises(ValidationError):
        Form(name=name)


def test_text_may_have_lines_but_no_control_characters() -> None:
    assert Form(text="one\n\ttwo\r\n" + "x" * 1980).text.startswith("one")
    for bad in ("x" * 2001, "a\x00", "a\x1b[0m"):
        with pytest.raises(ValidationError):
            Form(text=bad)


@pytest.mark.parametrize("email", ["a", "a@b", "@b.in", "a b@c.in", "a@b..in", "a@" + "b" * 300 + ".in", "a@b.in\n"])
def test_bad_e_mail_addresses_are_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        Form(email=email)


@pytest.mark.parametrize(("sent", "code"), [("012345", "012345"), (12345, "012345"), (482910, "482910")])
def test_code_sent_as_a_number_keeps_its_zeros(sent: Any, code: str) -> None:
    assert Form(otp=sent).otp == code


@pytest.mark.parametrize("sent", [True, 1.5, None, ["1"], 10**30, "1" * 21])
def test_bad_codes_are_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        Form(otp=sent)


@pytest.mark.parametrize("sent", [True, 1.5, "x", None, [], "9" * 5000])
def test_bad_whole_numbers_are_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        Form(number=sent)
