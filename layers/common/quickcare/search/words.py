"""How text becomes words, and how a search finds them: case-insensitive, substring within words, all words match."""

import unicodedata
from collections.abc import Iterable

SHORTEST = 3
# An ending is part of a sort key, which holds 1,024 bytes; a letter takes up to four.
LONGEST = 40
# A letter can fold into 18 others. Of a text as many count as the longest line has, which four times over still fit
# a partition key of 2,048 bytes beside what else stands in it; of an item's words, a long name and city unfolded.
MOST_LETTERS, MOST_WORD_LETTERS = 255, 320


def fold(text: str) -> str:
    """`text` for comparing whole names in any case: `" New  DELHI"` → `"new delhi"`. At most `MOST_LETTERS` letters."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())[:MOST_LETTERS].rstrip()


def words(*texts: str | None) -> tuple[str, ...]:
    """The words of some texts, sorted, each once: `"Dr. O'Neil"` → `("dr", "o'neil")`.

    Those of the first texts, up to `MOST_WORD_LETTERS` letters in all.
    """
    folded = [word for text in texts if text for word in fold(text.replace("_", " ")).split()]
    found, left = set[str](), MOST_WORD_LETTERS
    for word in dict.fromkeys(map(_bare, folded)):
        if cut := word[:left]:
            found.add(cut)
            left -= len(cut)
    return tuple(sorted(found))


def matches(wanted: Iterable[str], present: Iterable[str]) -> bool:
    """Whether each wanted word is inside one of the present words."""
    present = tuple(present)
    return all(any(word in one for one in present) for word in wanted)


def endings(present: Iterable[str]) -> list[str]:
    """Every ending of three or more letters of the words, sorted, each once, cut at 40 letters."""
    return sorted({word[i : i + LONGEST] for word in present for i in range(len(word) - SHORTEST + 1)})


def searchable(wanted: Iterable[str]) -> str | None:
    """The longest of the wanted words as the beginning of an ending; None when all are too short for it."""
    longest = max(wanted, key=len, default="")
    return longest[:LONGEST] if len(longest) >= SHORTEST else None


def first_ending(present: Iterable[str], beginning: str) -> str | None:
    """The first ending of the words that begins so: the one row of an item that counts in a search."""
    return next((ending for ending in endings(present) if ending.startswith(beginning)), None)


def _bare(word: str) -> str:
    """The word without punctuation around it. Marks stay: Indian scripts write vowels as marks."""
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start])[0] not in "LMN":
        start += 1
    while end > start and unicodedata.category(word[end - 1])[0] not in "LMN":
        end -= 1
    return word[start:end]
