"""quickcare.sms.gsm7: the alphabet of SMS, and the segments of a text."""

import pytest
from quickcare.sms import gsm7


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
    ("text", "segments"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("अ" * 70, 1),
        ("अ" * 71, 2),
        ("अ" * 134, 2),
        ("अ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_as_how_many_sms_a_text_is_paid(text: str, segments: int) -> None:
    assert gsm7.segments(text) == segments
