"""How text becomes words."""

import pytest
from quickcare.directory import fold, words
from quickcare.directory.words import LONGEST, endings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Suresh  SHARMA", ("dr", "sharma", "suresh")),
        ("O'Neil (Cardio)", ("cardio", "o'neil")),
        ("general_medicine", ("general", "medicine")),
        ("शर्मा जी", ("जी", "शर्मा")),
        ("\N{LATIN SMALL LIGATURE FF}", ("ff",)),
        ("... -- !", ()),
        (None, ()),
    ],
)
def test_words(text: str | None, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_endings_have_three_letters_or_more_and_fit_a_key() -> None:
    assert endings(("anan", "nan", "li")) == ["anan", "nan"]
    assert max(map(len, endings(("x" * 500,)))) == LONGEST
    assert len(endings(("x" * 500,))) == LONGEST - 2


def test_names_are_compared_in_any_case_and_spacing() -> None:
    assert fold("  New  DELHI ") == fold("new delhi")
