"""`quickcare.search.words`: how a text becomes words."""

import pytest
from quickcare.search import fold, wanted, words
from quickcare.search.words import LONGEST, MOST_LETTERS, MOST_WORD_LETTERS, endings, matches


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Suresh  SHARMA", ("sharma", "suresh")),
        ("O'Neil (Cardio)", ("cardio", "oneil")),
        ("Anne-Marie", ("anne", "annemarie", "marie")),
        ("Anne - Marie", ("anne", "marie")),
        ("K. K. Sharma", ("k", "kksharma", "sharma")),
        ("Om Prakash", ("om", "omprakash", "prakash")),
        ("R. Al-Hassan", ("al", "hassan", "r", "ralhassan")),
        ("Ramesh K.R.", ("k", "kr", "r", "ramesh")),
        ("Smith/Jones", ("jones", "smith")),
        ("general_medicine", ("general", "medicine")),
        ("शर्मा जी", ("जी", "शर्मा")),
        ("डॉ. राम शर्मा", ("राम", "रामशर्मा", "शर्मा")),
        ("\N{LATIN SMALL LIGATURE FF}", ("ff",)),
        ("... -- !", ()),
        (None, ()),
    ],
)
def test_a_text_becomes_words(text: str | None, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Sharma", ("sharma",)),
        ("dr.yadav", ("yadav",)),
        ("anne-marie", ("anne", "marie")),
        ("Dr. K.K. Sharma", ("k k", "sharma")),
        ("kk sharma", ("kk", "sharma")),
        ("K K", ("kk",)),
        ("A.P.J.", ("apj",)),
        ("D. R. Sharma", ("d r", "sharma")),
        ("k sharma", ("k", "sharma")),
        ("24 7", ("24", "7")),
        ("2 4 sharma", ("2", "4", "sharma")),
        ("के के शर्मा", ("के के", "शर्मा")),
        ("doctor", ()),
        ("Prof. Dr.", ()),
        ("डॉ०", ("डॉ0",)),
        (" '' -- ", ()),
        (None, ()),
    ],
)
def test_wanted(text: str | None, expected: tuple[str, ...]) -> None:
    assert wanted(text) == expected


@pytest.mark.parametrize(
    ("asked", "name", "is_found"),
    [
        ("A K Sharma", "Anil Kumar Sharma", True),
        ("A.K. Sharma", "A. Kumar Sharma", True),
        ("R A K", "R. Anil Kumar", False),  # no longer word: only who writes them in a row
        ("K K Sharma", "Kiran Kumar Sharma", True),
        ("K K Sharma", "Kiran Sharma", False),
        ("K K Sharma", "Akash Sharma", False),
        ("K R Sharma", "R K Sharma", True),
        ("D R Sharma", "Dr. Sharma", False),
        ("annemarie", "Anne Marie", False),
        ("ram", "Rohit Anil Mehta", False),
    ],
)
def test_initials_begin_words_or_stand_in_a_row(asked: str, name: str, is_found: bool) -> None:
    assert matches(wanted(asked), words(name)) is is_found


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


@pytest.mark.parametrize(
    "text", ["a " * 200, "a-" * 200, "ab cd " * 60, "ß-ꜩ " * 90, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 99]
)
def test_words_in_one_keep_the_rows_of_an_item_bounded(text: str) -> None:
    present = words(text, text[::-1], "diagnostic_center")
    assert sum(map(len, present)) <= MOST_WORD_LETTERS
    assert len(endings(present)) < MOST_WORD_LETTERS
    assert max(map(len, wanted(text))) <= 2 * MOST_LETTERS
