"""Names as an SMS shows them. People choose their own names, and the SMS comes from us: so no name has anything in it
that a phone would show as a link or a phone number, and none is longer than an operator lets a variable be."""

import re
import unicodedata

from quickcare import titles
from quickcare.sms import gsm7, indic

LONGEST = 30  # what India's operators let a variable of a registered text have
ELLIPSIS = "..."  # the one character for it is not in the alphabet of SMS

_WORDS = re.compile(rf"[{indic.LETTERS}]+|[^{indic.LETTERS}]+")
_LINKS_AND_NUMBERS = re.compile(r"[/\\:@]+|\d{5,}|\+?\d(?:[ ().-]*\d){6,}")
_WITHOUT_VOWELS = (
    "ARABIC",
    "HEBREW",
    "SYRIAC",
    "THAI",
    "LAO",
)  # a reader knows them; letter by letter `محمد` would be `mhmd`
_PLAIN = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014`\t\u0964\u0965\u0970", "''\"\"--' ...")
_JOINERS = frozenset("\u200c\u200d")
_VIRAMAS = frozenset("्্੍્୍்్್്")


def written(name: str, own_script: str | None = None, most: int = LONGEST) -> str | None:
    """A name in at most `most` characters of the SMS's alphabet, or of the script with this name in Unicode.

    None when a letter of it cannot be written, or nothing is left of it.
    """
    normal = unicodedata.normalize("NFKC", name.translate(_PLAIN))
    runs = [_run(run, own_script) for run in _WORDS.findall(normal)]
    if not all(run is not None for run in runs):
        return None
    safe = _harmless("".join(run or "" for run in runs))
    return cut(safe, most) if any(char.isalnum() for char in safe) else None


def cut(text: str, most: int = LONGEST) -> str:
    """A text in at most `most` characters, cut between two letters and not inside one."""
    if len(text) <= most:
        return text
    end = most - len(ELLIPSIS)
    while end > 0 and _is_one_letter(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip(" .,-&(") + ELLIPSIS


def _is_one_letter(before: str, after: str) -> bool:
    """Whether two characters belong to one letter, as a vowel's sign does to its consonant."""
    return unicodedata.category(after)[0] == "M" or after in _JOINERS or before in _JOINERS or before in _VIRAMAS


def _harmless(text: str) -> str:
    spaced = re.sub(r"\.(?=\w)", ". ", _LINKS_AND_NUMBERS.sub(" ", text))
    return " ".join(spaced.split())


def _run(run: str, own_script: str | None) -> str | None:
    """Some letters of one kind; None when one of them cannot be written."""
    if run.isascii() and gsm7.BASIC.issuperset(run):
        return run
    if not re.match(f"[{indic.LETTERS}]", run):
        letters = [_letter(char) for char in run]
        return None if None in letters else "".join(letter or "" for letter in letters)
    if own_script and all(char in _JOINERS or unicodedata.name(char, "").startswith(own_script) for char in run):
        return run
    return "Dr" if titles.is_doctors(run) else indic.latin(run)


def _letter(char: str) -> str | None:
    """One character in the alphabet of SMS; empty when it is no letter and not in it, None for a letter that cannot be
    written."""
    if char.isascii() or (char in gsm7.BASIC and unicodedata.name(char).startswith("LATIN")):
        return char if char in gsm7.BASIC else " "
    if char.isdecimal():
        return str(int(char))
    is_mark = unicodedata.category(char)[0] == "M"
    if not char.isalpha() and not is_mark:
        return " " if char.isspace() else ""
    if unicodedata.name(char, "").startswith(_WITHOUT_VOWELS):
        return None
    return _in_latin(char) or ("" if is_mark else None)


def _in_latin(char: str) -> str:
    """A letter or a vowel's sign in letters of the alphabet: without its accent, or as it sounds. Empty for none."""
    # Imported only for a letter that is none of the alphabet's: most names need none of its tables.
    from anyascii import anyascii

    bare = unicodedata.normalize("NFKD", char)
    return "".join(part for part in bare if part in gsm7.BASIC) or "".join(
        part for part in anyascii(char) if part in gsm7.BASIC
    )
