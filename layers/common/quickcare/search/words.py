"""How a text becomes words, and when a search finds them.

A search ignores case; each of its words must be a part of one of the item's words.
"""

import unicodedata
from collections.abc import Iterable

SHORTEST = 3
# An ending is part of a sort key of at most 1,024 bytes, and a letter takes up to four.
LONGEST = 40
# One letter can become 18 when it is folded. A text is cut to the length of the longest line, which fits a partition
# key of 2,048 bytes at four bytes a letter. The words of an item are cut to those of a long name and a long city.
MOST_LETTERS, MOST_WORD_LETTERS = 255, 320


def fold(text: str) -> str:
    """`text` as it is compared, in any case: `" New  DELHI"` → `"new delhi"`. At most `MOST_LETTERS` letters."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())[:MOST_LETTERS].rstrip()


def words(*texts: str | None) -> tuple[str, ...]:
    """The words of some texts, sorted, each once: `"Dr. O'Neil"` → `("dr", "o'neil")`.

    After `MOST_WORD_LETTERS` letters the rest is left out.
    """
    folded = [word for text in texts if text for word in fold(text.replace("_", " ")).split()]
    found, left = set[str](), MOST_WORD_LETTERS
    for word in dict.fromkeys(map(_bare, folded)):
        if cut := word[:left]:
            found.add(cut)
            left -= len(cut)
    return tuple(sorted(found))


def matches(wanted: Iterable[str], present: Iterable[str]) -> bool:
    """Whether each wanted word is a part of one of the present words."""
    present = tuple(present)
    return all(any(word in one for one in present) for word in wanted)


def endings(present: Iterable[str]) -> list[str]:
    """Every ending of the words that has three or more letters, sorted, each once, cut at 40 letters."""
    return sorted({word[i : i + LONGEST] for word in present for i in range(len(word) - SHORTEST + 1)})


def searchable(wanted: Iterable[str]) -> str | None:
    """The longest of the wanted words, cut at 40 letters; None when all have fewer than three letters."""
    longest = max(wanted, key=len, default="")
    return longest[:LONGEST] if len(longest) >= SHORTEST else None


def first_ending(present: Iterable[str], beginning: str) -> str | None:
    """The first ending of the words that begins with `beginning`. Its row stands for the item in a search."""
    return next((ending for ending in endings(present) if ending.startswith(beginning)), None)


def _bare(word: str) -> str:
    """The word without punctuation around it. Marks stay, because Indian scripts write vowels as marks."""
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start])[0] not in "LMN":
        start += 1
    while end > start and unicodedata.category(word[end - 1])[0] not in "LMN":
        end -= 1
    return word[start:end]
