"""Whatever spelling of a name somebody types finds it, whichever of its spellings it is kept in."""

# ruff: noqa: RUF001 - letters that look like others are what this is about

import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quickcare.search import titles, wanted, words
from quickcare.search.words import MOST_ENDINGS, MOST_WORDS, endings, few_endings, first, matches, searchable, whole

SPELLINGS = (
    ("O'Neil", "O’Neil", "O‘Neil", "OʼNeil", "O`Neil", "O´Neil", "ONeil", "O Neil", "o' neil", "Ó Néil"),
    (
        "K.K. Sharma",
        "K. K. Sharma",
        "KK Sharma",
        "K K Sharma",
        "k.k.sharma",
        "kk sharma",
        "K.-K. Sharma",
        "ＫＫ Sharma",
    ),
    ("A. P. J. Kalam", "APJ Kalam", "A P J Kalam", "a.p.j.kalam", "A.P.J. Kalam"),
    ("D. R. Mehta", "D R Mehta", "d.r.mehta", "D.R. Mehta"),
    ("के. के. शर्मा", "के के शर्मा", "केके शर्मा", "के.के.शर्मा"),
    ("एस. के. शर्मा", "एस के शर्मा", "एसके शर्मा"),
    ("Al-Hassan", "Al Hassan", "Alhassan", "al‐hassan", "Al–Hassan", "AL‑HASSAN"),
    ("Om Prakash", "Omprakash", "Om-Prakash", "om\u00a0prakash"),
    ("Rao/Iyer", "rao iyer", "Rao_Iyer", "Rao & Iyer", "iyer, rao"),
    (
        "José Müller",
        "Jose Muller",
        "JOSÉ MÜLLER",
        "jose\u0301 mu\u0308ller",
        "José\u200b Mül\u00adler",
        "Ｊｏｓé Muller",
    ),
    ("Éva Đorđević", "Eva Dordevic", "ÉVA ĐORĐEVIĆ"),
    ("Łukasz Ørsted", "lukasz orsted", "Lukasz Ōrsted"),
    ("Weiß Æsa", "Weiss Aesa", "WEIẞ ÆSA"),
    ("İnönü", "Inonu", "ınönü", "inonu"),
    ("Ёлкин", "Елкин", "елкин"),
    ("Νίκος", "ΝΙΚΟΣ", "νικος"),
    ("क्षमा फ़ैज़", "क्\u200dषमा फ\u093cैज\u093c", "क्षमा \u095eै\u095b"),
    ("ശ്രീധരൻ", "ശ്രീധരന\u0d4d\u200d"),
    ("Sector 12", "Sector १२", "sector-12", "SECTOR １２"),
)
# Written apart without a hyphen, in words of three letters and more: only who asks for the parts finds them.
PARTED = ("Anne-Marie", "Annemarie", "anne—marie", "Anne‐Marie", "Anne·Marie")
TITLES = ("", "Dr. ", "dr.", "Dr ", "DOCTOR ", "Prof. Dr. ", "professor ", "doctor-", "डॉ. ", "डॉ ", "डॉ॰", "डॉक्टर ")
# Without Bengali's final ta, which has two spellings.
LETTERS = st.characters(
    min_codepoint=0x0904, max_codepoint=0x0D3A, categories=["Lo", "Mc", "Mn"], exclude_characters="ৎ\u0945"
)
INDIAN = st.text(LETTERS, min_size=3, max_size=9).filter(lambda name: name not in titles.TITLES)


def is_found(asked: str, name: str) -> bool:
    """By the rows of the name too, when the search goes by them."""
    text, present = wanted(asked), words(name, "cardiology")
    beginning = searchable(text)
    return matches(text, present) and (beginning is None or first(endings(present), beginning) is not None)


@pytest.mark.parametrize("spellings", [*SPELLINGS, PARTED], ids=lambda spellings: spellings[0])
def test_every_spelling_finds_every_other(spellings: tuple[str, ...]) -> None:
    assert [(asked, name) for name in spellings for asked in spellings if not is_found(asked, name)] == []


@given(
    one=st.sampled_from(SPELLINGS),
    other=st.sampled_from(SPELLINGS),
    before=st.tuples(st.sampled_from(TITLES), st.sampled_from(TITLES)),
    form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
    case=st.sampled_from([str, str.upper, str.lower, str.swapcase]),
    data=st.data(),
)
def test_with_any_title_in_any_form_and_order(
    one: tuple[str, ...],
    other: tuple[str, ...],
    before: tuple[str, str],
    form: Literal["NFC", "NFD", "NFKC", "NFKD"],
    case: Callable[[str], str],
    data: st.DataObject,
) -> None:
    # GIVEN a name of two, in any of its spellings
    spelled = [data.draw(st.sampled_from(of)) for of in (one, other)]
    name = before[0] + " ".join(spelled)
    # WHEN somebody types it in another, or one part of it
    typed = [data.draw(st.sampled_from(of)) for of in (one, other)]
    asked = before[1] + data.draw(st.sampled_from([" ".join(typed), " ".join(reversed(typed)), *typed]))
    # THEN they find it
    assert is_found(case(unicodedata.normalize(form, asked)), name)


@given(first=INDIAN, last=INDIAN, title=st.sampled_from(TITLES))
def test_indian_names_keep_their_letters(first: str, last: str, title: str) -> None:
    assert is_found(f"{title}{last}", f"{first} {last}")
    assert unicodedata.normalize("NFC", last) in words(last)


@pytest.mark.parametrize(
    ("asked", "name"),
    [("कम", "काम"), ("मीना", "मिना"), ("शर्मा", "शरमा"), ("Jose", "Joza"), ("K K Sharma", "R. K. Sharma")],
)
def test_another_name_is_not_found(asked: str, name: str) -> None:
    assert not is_found(asked, name)


@pytest.mark.parametrize("title", [title for title in TITLES if title])
def test_nothing_but_a_title_asks_for_nothing(title: str) -> None:
    assert wanted(title) == wanted(f" {title} {title}. ") == ()


def test_a_name_in_a_transaction_has_few_endings_and_all_its_words() -> None:
    long = words("Venkatanarasimharaju Subramaniaswami Krishnamurthyacharya")
    few = few_endings(long)
    assert len(few) == MOST_ENDINGS
    assert set(long) < set(few)
    assert few == sorted(few)
    assert few_endings(words("Gita Patel")) == endings(words("Gita Patel"))


def test_a_clinic_in_a_transaction_is_found_by_its_words() -> None:
    assert whole(words("QuickCare of Pune", "Pune")) == ["ofpune", "pune", "quickcare"]
    assert len(whole(words(" ".join(f"word{n}" for n in range(30))))) == MOST_WORDS
