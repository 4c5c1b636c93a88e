"""`quickcare.web.fields`: which values a request may have."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from quickcare.web.fields import Asked, Code, Contact, Email, Line, Name, Text, Title, WholeNumber


class Form(BaseModel):
    contact: Contact = 9876543210
    name: Name = "Asha"
    title: Title = "CBC"
    line: Line = ""
    asked: Asked = ""
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
        "+91 98765-43210",
        "+91-98765-43210",
        "919876543210",
        919876543210,
        9876543210.0,  # as programs write a number that have only one kind of them
        "91 98765 43210",
        "09876543210",
        "0 98765 43210",
        " 9876543210 ",
        "9876543210\n",
        "98765-43210",
        "98765\u00a043210",  # what some keyboards take for a blank
        "98765\u201143210",  # and for a hyphen
        "\u202a+91 98765 43210\u202c",  # as an address book copies it
        "९८७६५४३२१०",
        "+९१ ९८७६५ ४३२१०",
        "٩٨٧٦٥٤٣٢١٠",
    ],
)
def test_contacts_come_as_phones_fill_them_in(value: Any) -> None:
    assert Form(contact=value).contact == 9876543210


def test_ten_digits_that_begin_like_the_country_code_are_a_contact() -> None:
    assert Form(contact="9198765432").contact == 9198765432


@pytest.mark.parametrize(
    "value",
    [
        "0009876543210",
        "+09876543210",
        "+449876543210",
        "+9876543210",
        "++919876543210",
        "+91",
        "-9876543210",
        "98765/43210",
        "98765\x0043210",
        "²876543210",
        909876543210,
        "abc",
        "",
        None,
        True,
        9876543210.5,
        5876543210.0,
        float("nan"),
        float("inf"),
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


@pytest.mark.parametrize(
    "blank", ["\u200b", "\u2800", "\u3164", "\u115f\uffa0", "\u0301", "\u093f\u0902", "\u200d", "\ufeff \u2060"]
)
def test_a_name_that_shows_nothing_is_refused(blank: str) -> None:
    with pytest.raises(ValidationError, match="may not be blank"):
        Form(name=blank)


@pytest.mark.parametrize("name", ["\U000bfa42", "\ue000"], ids=["unassigned", "private use"])
def test_a_name_of_characters_that_python_does_not_know_yet_is_taken(name: str) -> None:
    assert Form(name=name).name == name


@pytest.mark.parametrize("control", [*"\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_nothing_that_people_give_turns_the_text_around(control: str) -> None:
    for field in ("name", "title", "line"):
        with pytest.raises(ValidationError, match="turn the text around"):
            Form.model_validate({field: f"Asha {control}Rao"})


@pytest.mark.parametrize("name", ["र\u094d\u200dय", "ക\u0d4d\u200c", "محمد", "ك\u200cم", "...", "7", "👩\u200d⚕️"])
def test_joiners_that_scripts_need_stay(name: str) -> None:
    assert Form(name=name).name == name


def test_what_people_look_for_may_have_what_a_phone_copies() -> None:
    assert Form(asked="\u202aSharma\u202c").asked == "\u202aSharma\u202c"


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


def test_what_is_said_of_a_bad_e_mail_address_is_no_pattern() -> None:
    with pytest.raises(ValidationError, match="Enter a valid email address"):
        Form(email="asha@example")


@pytest.mark.parametrize(("sent", "code"), [("012345", "012345"), (12345, "012345"), (482910, "482910")])
def test_code_sent_as_a_number_keeps_its_zeros(sent: Any, code: str) -> None:
    assert Form(otp=sent).otp == code


@pytest.mark.parametrize("sent", ["०१२३४५", "٠١٢٣٤٥", "০১২৩৪৫", "௦௧௨௩௪௫", "\uff10\uff11\uff12\uff13\uff14\uff15"])
def test_digits_of_every_script_are_digits(sent: str) -> None:
    assert Form(otp=sent).otp == "012345"


@pytest.mark.parametrize("sent", [True, 1.5, None, ["1"], 10**30, "1" * 21])
def test_bad_codes_are_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        Form(otp=sent)


@pytest.mark.parametrize("sent", [True, 1.5, "x", None, [], "9" * 5000])
def test_bad_whole_numbers_are_refused(sent: Any) -> None:
    with pytest.raises(ValidationError):
        Form(number=sent)
