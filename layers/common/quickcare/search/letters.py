"""Letters as a search compares them: without case, without the diacritics of European scripts, without apostrophes.

`plain` leaves letters, the marks that Indian and other scripts write their vowels with, digits 0-9, blanks and `-`.
"""

import re
import unicodedata
from functools import lru_cache

# People type whichever their keyboard has.
_APOSTROPHES = "'`‘’‛′‵ʹʻʼʽʾʿˈ՚׳Ꞌꞌ"  # noqa: RUF001
# How NFKD writes an accent that stands alone: an acute, the Greek koronis, and those that a keyboard put after a blank.
_ALONE = re.compile(" [\u0300-\u036f]+")
# Beside what Unicode calls dashes: minus signs, the hyphen bullet, dots inside a word (Catalan, Japanese).
_DASHES = "−˗⁃·‧・"  # noqa: RUF001
# Marks that belong to no script of India: accents of Latin, Greek and Cyrillic, frames, variation selectors.
_NO_SCRIPTS_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u180b-\u180d\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U000e0100-\U000e01ef]"
)
_INVISIBLE = "\u115f\u1160\u3164\uffa0"  # Hangul fillers, which are letters
_OWN_LETTERS = {"æ": "ae", "œ": "oe", "ı": "i", "ȷ": "j", "ð": "d", "þ": "th", "ŋ": "n", "ĸ": "k"}  # noqa: RUF001
# `ø` is "LATIN SMALL LETTER O WITH STROKE".
_CHANGED_LETTER = re.compile("((?:LATIN|GREEK|CYRILLIC) SMALL LETTER .+?) WITH ")
# One letter that keyboards write in two ways, which Unicode does not call the same: Malayalam's final consonants,
# Bengali's final ta, Devanagari's vowel of `डॉ`.
_TWO_WAYS = {
    "ൺ": "ണ്",
    "ൻ": "ന്",
    "ർ": "ര്",
    "ൽ": "ല്",
    "ൾ": "ള്",
    "ൿ": "ക്",
    "ৎ": "ত্",
}
_CANDRA_O = ("\N{DEVANAGARI VOWEL SIGN AA}\N{DEVANAGARI VOWEL SIGN CANDRA E}", "\N{DEVANAGARI VOWEL SIGN CANDRA O}")


def plain(text: str) -> str:
    """`"Dr. José O’Neil-Müller"` → `"dr  jose oneil-muller"`."""  # noqa: RUF002
    if text.isascii():
        return text.translate(_ASCII)
    apart = _ALONE.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", "".join(map(_plain, apart)).replace(*_CANDRA_O))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.digit(character))
    if kind == "Pd" or character in _DASHES:
        return "-"
    if kind == "Cf" or character in _APOSTROPHES + _INVISIBLE or _NO_SCRIPTS_MARKS.match(character):
        return ""
    if kind[0] not in "LMN":
        return " "
    return "".join(map(_base, character.casefold()))


def _base(letter: str) -> str:
    """The letter, or letters, that one with a stroke, hook or tail is a form of."""
    changed = _CHANGED_LETTER.match(unicodedata.name(letter, ""))
    if changed is None:
        return _OWN_LETTERS.get(letter) or _TWO_WAYS.get(letter, letter)
    try:
        base = unicodedata.lookup(changed[1])
    except KeyError:
        return letter
    return "".join(map(_plain, unicodedata.normalize("NFKD", base)))


_ASCII = {number: _plain(chr(number)) for number in range(128)}
