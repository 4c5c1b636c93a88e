"""`quickcare.search.words`: how a text becomes words."""

import pytest
from quickcare.search import fold, words
from quickcare.search.words import LONGEST, MOST_LETTERS, MOST_WORD_LETTERS, endings


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
def test_a_text_becomes_words(text: str | None, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_endings_have_three_letters_or_more_and_fit_a_key() -> None:
    assert endings(("anan", "nan", "li")) == ["anan", "nan"]
    assert max(map(len, endings(("x" * 500,)))) == LONGEST
    assert len(endings(("x" * 500,))) == LONGEST - 2


def test_names_are_compared_in_any_case_and_spacing() -> None:
    assert fold("  New  DELHI ") == fold("new delhi")


def test_letters_that_fold_into_many_are_cut_at_the_same_length_in_rows_and_queries() -> None:
    # GIVEN a name of one letter that folds into four words
    name = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100
    # WHEN it is written and searched for
    # THEN both are cut to the same length
    assert len(fold(name)) <= MOST_LETTERS
    assert fold(f" {name}") == fold(name) == fold(fold(name))


def test_the_words_of_an_item_are_cut_at_a_number_of_letters() -> None:
    # GIVEN a name and a city of letters that each fold into five or six
    name, city = ("".join(chr(0x3300 + (7 * n * n + n + of) % 88) for n in range(200)) for of in (0, 5))
    # THEN the words of the name are kept first
    assert sum(map(len, words(name, city))) == MOST_WORD_LETTERS
    assert set(words(name)) < set(words(name, city))
    assert len(endings(words(name, city))) < MOST_WORD_LETTERS


def test_a_long_name_in_usual_letters_is_searched_whole() -> None:
    name, city = (" ".join(f"{letter}{n:08d}" for n in range(count)) for letter, count in (("n", 20), ("c", 10)))
    assert len(words(name, city, "diagnostic_center")) == 20 + 10 + 2
