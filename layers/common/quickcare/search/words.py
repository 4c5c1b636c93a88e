"""How text becomes words, and how a search finds them: substring within words, all words match, spelling is free.

An item has the words it is found by (`words`) apart and, where people write them in one, in one too; so whoever asks
(`wanted`) may write them either way (docs/contract.md: Search).
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from quickcare.search.letters import plain
from quickcare.search.titles import TITLES

SHORTEST = 3
# An ending is part of a sort key of at most 1,024 bytes, and a letter takes up to four.
LONGEST = 40
# One letter can become 18 when it is folded. A text is cut to the length of the longest line, which fits a partition
# key of 2,048 bytes at four bytes a letter. The words of an item are cut to those of a long name and a long city.
MOST_LETTERS, MOST_WORD_LETTERS = 255, 320
# Rows of a search that change in the transaction of their item, which has room for so many of the old and the new name.
MOST_ENDINGS, MOST_WORDS = 24, 10
_SHORT = 2  # letters of a word that many write together with the next


def fold(text: str) -> str:
    """`text` for comparing whole names in any case: `" New  DELHI"` → `"new delhi"`. At most `MOST_LETTERS` letters.

    Rows that change in the transaction of their item are found, to be removed, by what this returns: it must stay.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())[:MOST_LETTERS].rstrip()


# Every row of a page is checked against the words that its item has now.
@lru_cache(maxsize=2048)
def words(*texts: str | None) -> tuple[str, ...]:
    """The words that an item with these texts is found by, sorted, each once.

    `"Dr. K. O'Neil-Rao"` → `("k", "koneilrao", "oneil", "rao")`: without titles; what a hyphen divides, and words of
    one or two letters with what follows, also in one. The first `MOST_WORD_LETTERS` letters in all, those apart first.
    """
    groups = [group for text in texts if text for group in _groups(text)]
    apart = [part for group in groups for part in group]
    found, left = set[str](), MOST_WORD_LETTERS
    for word in dict.fromkeys([*apart, *map("".join, groups)]):
        if cut := word[:left]:
            found.add(cut)
            left -= len(cut)
    return tuple(sorted(found))


def wanted(text: str | None) -> tuple[str, ...]:
    """What must match of a text that somebody asks for; nothing when it says nothing but titles.

    Initials in a row are one, with blanks between them: `"Dr. K.K. Sharma"` → `("k k", "sharma")`. Where there is no
    longer word to find candidates by, they are a word: `"A.P.J."` → `("apj",)`.
    """
    parts = [part for chunk in _chunks(text or "") for part in chunk.split("-") if part and part not in TITLES]
    between = " " if any(len(part) >= SHORTEST for part in parts) else ""
    runs = ((is_initial, list(run)) for is_initial, run in groupby(parts, _is_initial))
    found = [one for is_initial, run in runs for one in ([between.join(run)] if is_initial else run)]
    return tuple(sorted(set(found)))


def matches(asked: Iterable[str], present: Iterable[str]) -> bool:
    """Whether each word that is asked for is inside one of the present words.

    Initials in a row may also each begin a word of their own: `"a k"` matches `("anil", "kumar")`.
    """
    present = tuple(present)
    return all(
        any(word.replace(" ", "") in one for one in present) or (" " in word and _begin(word.split(), present))
        for word in asked
    )


def _begin(initials: list[str], present: tuple[str, ...]) -> bool:
    return all(sum(one.startswith(first) for one in present) >= initials.count(first) for first in set(initials))


def _chunks(text: str) -> list[str]:
    return plain(text)[:MOST_LETTERS].split()


def _groups(text: str) -> list[list[str]]:
    """The words of a text, those together that may be written in one."""
    groups, is_tied = list[list[str]](), False
    for chunk in _chunks(text):
        for n, part in enumerate(part for part in chunk.split("-") if part and part not in TITLES):
            if n or is_tied:
                groups[-1].append(part)
            else:
                groups.append([part])
            is_tied = _letters(part) <= _SHORT
    return groups


def _letters(word: str) -> int:
    """How many letters a word has, without the marks on them."""
    return len(word) if word.isascii() else sum(unicodedata.category(letter)[0] != "M" for letter in word)


def _is_initial(word: str) -> bool:
    return word[0].isalpha() and _letters(word) == 1


def endings(present: Iterable[str]) -> list[str]:
    """Every ending of three or more letters of the words, sorted, each once, cut at 40 letters.

    An item's rows are found, to be removed, by what this returns for the words they were written with: it must stay.
    """
    return sorted({word[i : i + LONGEST] for word in present for i in range(len(word) - SHORTEST + 1)})


def few_endings(present: Iterable[str]) -> list[str]:
    """At most 24 of the endings: the whole words first, then the longest. As for `endings`, this must stay."""
    found, whole = endings(present), {word[:LONGEST] for word in present}
    return sorted(sorted(found, key=lambda ending: (ending not in whole, -len(ending), ending))[:MOST_ENDINGS])


def whole(present: Iterable[str]) -> list[str]:
    """The ten longest words of three or more letters, for a search by how words begin. As for `endings`, this must
    stay."""
    found = {word[:LONGEST] for word in present if len(word) >= SHORTEST}
    return sorted(sorted(found, key=lambda word: (-len(word), word))[:MOST_WORDS])


def searchable(asked: Iterable[str]) -> str | None:
    """The longest of the wanted words as the beginning of an ending; None when all are too short for it."""
    longest = max((word for word in asked if " " not in word), key=len, default="")
    return longest[:LONGEST] if len(longest) >= SHORTEST else None


def first(found: Iterable[str], beginning: str) -> str | None:
    """The first of an item's endings that begins with `beginning`. Its row stands for the item in a search."""
    return next((ending for ending in found if ending.startswith(beginning)), None)
