"""quickcare.sms.gsm7: any text becomes one segment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quickcare.sms import gsm7

alphabet = st.sampled_from(sorted(gsm7.BASIC | gsm7.EXTENSION))


@given(st.text() | st.text(alphabet, min_size=100, max_size=400))
def test_a_fitted_text_is_one_segment_and_is_not_changed_again(text: str) -> None:
    fitted = gsm7.fit(text)
    assert gsm7.is_one_segment(fitted)
    assert gsm7.fit(fitted) == fitted


@given(st.text(alphabet, max_size=80))
def test_a_text_that_fits_is_not_changed(text: str) -> None:
    assert gsm7.fit(text) == text


def test_the_alphabet_has_127_characters_and_10_extensions() -> None:
    # There are 128 codes. One of them is the escape to the extension table.
    assert len(gsm7.BASIC) == 127
    assert len(gsm7.EXTENSION) == 10
    assert not gsm7.BASIC & gsm7.EXTENSION


@pytest.mark.parametrize(
    ("text", "septets"),
    [("", 0), ("abc", 3), ("[€]", 6), ("ñ", 1), ("`", None), ("é", 1), ("ê", None), ("अ", None)],
)
def test_how_many_septets_a_text_takes(text: str, septets: int | None) -> None:
    assert gsm7.septets(text) == septets


@pytest.mark.parametrize(("length", "fits"), [(160, True), (161, False)])
def test_a_segment_has_at_most_160_septets(length: int, fits: bool) -> None:
    assert gsm7.is_one_segment("x" * length) is fits


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("Zoë: ₹500…", "Zoe: Rs.500..."),
        ("\N{EN DASH}\N{RIGHT SINGLE QUOTATION MARK}", "-'"),
        ("अब", "??"),
        ("😀", "?"),
        ("x" * 159 + "€", "x" * 159),
    ],
)
def test_foreign_characters_are_replaced_and_long_texts_cut(text: str, fitted: str) -> None:
    assert gsm7.fit(text) == fitted


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Dr. Asha Rao", "Dr. Asha Rao"),
        ("Dr.Asha Rao", "Dr. Asha Rao"),
        ("24x7 Clinic, No. 1042", "24x7 Clinic, No. 1042"),
        ("Win Rs.5000 http://evil.example/x", "Win Rs. 5000 http evil. example x"),
        ("evil.example", "evil. example"),
        ("call 9876543210", "call"),
        ("me@evil.example", "me evil. example"),
        ("x" * 200, "x" * 60),
        ("{" * 40, "{" * 30),
        ("ज", "?"),
        ("Win 9876 543 210 now", "Win now"),
        ("Call +91 98765-43210", "Call"),
        ("Ward 12, Floor 3", "Ward 12, Floor 3"),
    ],
)
def test_a_name_has_no_link_and_no_phone_number(given: str, shown: str) -> None:
    assert gsm7.name(given) == shown
