"""How letters of any keyboard become comparable."""

# ruff: noqa: RUF001 - letters that look like others are what this is about

import unicodedata
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from quickcare.search.letters import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("José Müller Éva", "jose muller eva"),
        ("Łukasz Ørsted Đỗ Ħal İnönü ılgaz", "lukasz orsted do hal inonu ilgaz"),
        ("Æsa Œuvre Weiß STRAẞE Þór Guðrún Ŋ", "aesa oeuvre weiss strasse thor gudrun n"),
        ("ǅ Ǣ ǿ ﬁ", "dz ae o fi"),
        ("Άννα Ϊων Νίκος", "αννα ιων νικοσ"),
        ("Ёлкин Йод Ґудзь Қазақ", "елкин иод гудзь казак"),
        ("Ｄｒ．Ｓｈａｒｍａ", "dr sharma"),
        ("१२ ১২ ௧௨ ١٢ ¹² Ⅻ", "12 12 12 12 12 xii"),
        ("a\u200bn\u200dn\u00ada\ufeff\u2060\u202e", "anna"),
        ("\u0301a \u0301", "a"),
        ("1\ufe0f\u20e3", "1"),
        ("a_b/c·d", "a b c-d"),
        ("शर्मा जी कि फ़ैज़", "शर्मा जी कि फ़ैज़"),
        ("க்ஷ நன்றி", "க்ஷ நன்றி"),
        ("한국 が", "한국 が"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == unicodedata.normalize("NFC", expected)


@pytest.mark.parametrize("apostrophe", "'`´‘’‛′ʼʻ＇｀")
def test_any_apostrophe_is_none(apostrophe: str) -> None:
    assert plain(f"O{apostrophe}Neil") == "oneil"


@pytest.mark.parametrize("dash", [chr(n) for n in range(0x30000) if unicodedata.category(chr(n)) == "Pd"] + ["−", "⁃"])
def test_any_dash_is_a_hyphen(dash: str) -> None:
    assert set(plain(f"Anne{dash}Marie").removeprefix("anne").removesuffix("marie")) == {"-"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ഡോക്ടർ", "ഡോക്ടര\u0d4d\u200d"),
        ("উৎপল", "উত\u09cd\u200dপল"),
        ("डॉ", "डा\u0945"),
        ("फ़", "\u095e"),
    ],
)
def test_one_letter_that_keyboards_write_in_two_ways(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@given(st.text())
def test_nothing_is_left_that_plain_would_change(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert all(c in " -" or unicodedata.category(c)[0] in "LMN" for c in once)


@example("´", "NFKC")
@example("O\N{GREEK DASIA}Neil", "NFKD")
@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_every_form_of_a_text_reads_the_same(text: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    assert plain(unicodedata.normalize(form, text)) == plain(text)


@given(st.text(st.characters(min_codepoint=0x0900, max_codepoint=0x0D7F, categories=["Lo", "Mn", "Mc"]), min_size=1))
def test_letters_and_marks_of_india_all_stay(name: str) -> None:
    apart = {"ൺ", "ൻ", "ർ", "ൽ", "ൾ", "ൿ", "ൔ", "ൕ", "ൖ", "ৎ", "\u0945"}
    if not apart & set(name):
        assert plain(name) == unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name))
