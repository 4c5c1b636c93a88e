"""Names in the scripts of India, in Latin letters as their owners would write them: `गीता शर्मा` is `Geeta Sharma`.

The blocks of these scripts in Unicode have the same order as Devanagari's, so one table is enough. Hindi does not speak
every short `a` that is written; which ones it leaves out follows M. Ohala's rule (Aspects of Hindi Phonology, 1983):
the last one of a word, and one that stands between a vowel with one consonant and one consonant with a vowel.
"""

from typing import NamedTuple

_FIRST, _BLOCK = 0x0900, 0x80
LETTERS = "\u0900-\u0d7f\u200c\u200d"  # Devanagari … Malayalam, and the joiners; for a class of a pattern
# Devanagari, Bengali, Gurmukhi and Gujarati leave the short `a` out; Odia, Tamil, Telugu, Kannada, Malayalam do not.
_LEAVES_OUT = (0x0900, 0x0980, 0x0A00, 0x0A80)
_VIRAMA, _NUKTA, _SHORT_A = "्", "़", "a"
_GYA = "\ue000"  # stands for `ज्ञ`, which is one sound

# fmt: off
_CONSONANTS = {
    "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh", "ज": "j", "झ": "jh", "ञ": "n",
    "ट": "t", "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d", "ध": "dh", "न": "n", "ऩ": "n",
    "प": "p", "फ": "ph", "ब": "b", "भ": "bh", "म": "m", "य": "y", "र": "r", "ऱ": "r", "ल": "l", "ळ": "l", "ऴ": "zh",
    "व": "v", "श": "sh", "ष": "sh", "स": "s", "ह": "h",
    _GYA: "gy",
}
_WITH_NUKTA = {"ज": "z", "फ": "f", "स": "sh", "य": "y", "व": "w"}
_VOWELS = {
    "अ": "a", "आ": "a", "इ": "i", "ई": "i", "उ": "u", "ऊ": "u", "ऋ": "ri", "ऌ": "li", "ऍ": "e", "ऎ": "e", "ए": "e",
    "ऐ": "ai", "ऑ": "o", "ऒ": "o", "ओ": "o", "औ": "au",
}
_SIGNS = {
    "ा": "a", "ि": "i", "ी": "ee", "ु": "u", "ू": "u", "ृ": "ri", "ॄ": "ri", "ॅ": "e", "ॆ": "e", "े": "e", "ै": "ai",
    "ॉ": "o", "ॊ": "o", "ो": "o", "ौ": "au",
}
# fmt: on
_NASALS = frozenset("ँं")
_SILENT = frozenset({_VIRAMA, _NUKTA, "\N{DEVANAGARI SIGN VISARGA}", "\N{DEVANAGARI SIGN AVAGRAHA}"})
_SONORANTS = frozenset({"r", "y", "v", "n", "m", "l"})
_STOPS = frozenset({"k", "kh", "g", "gh", "t", "th", "d", "dh", "p", "ph", "b", "bh"})
# What has another place in its own block than in Devanagari's.
_ELSEWHERE = str.maketrans(
    {
        "ৎ": "ত্", "ৰ": "র", "ৱ": "ব",
        "ੰ": "ਂ", "ੱ": "", "ੲ": "", "ੳ": "", "ஃ": "",
        "ൺ": "ണ്", "ൻ": "ന്", "ർ": "ര്", "ൽ": "ല്", "ൾ": "ള്", "ൿ": "ക്",
        "\u200c": "", "\u200d": "",
    }
)  # fmt: skip


class _Sound(NamedTuple):
    """One sound. `is_unwritten`: it is the short `a` that is in every consonant without another vowel."""

    latin: str
    is_vowel: bool = False
    is_unwritten: bool = False


def latin(word: str) -> str | None:
    """A word of one of these scripts in Latin letters, with a capital; None when it has a sign that is not known."""
    plain = word.translate(_ELSEWHERE)
    start = ord(plain[0]) // _BLOCK * _BLOCK if plain else _FIRST
    as_devanagari = "".join(chr(ord(char) % _BLOCK + _FIRST) for char in plain)
    sounds = _sounds(as_devanagari.replace("ज्ञ", _GYA))
    if sounds is None:
        return None
    spoken = _spoken(sounds) if start in _LEAVES_OUT else sounds
    text = "".join(sound.latin for sound in spoken).replace("chchh", "chh")
    return text[:1].upper() + (f"{text[1:-2]}i" if text.endswith("ee") else text[1:])


def _sounds(word: str) -> list[_Sound] | None:
    """What a word in Devanagari says letter by letter, with every short `a`."""
    found: list[_Sound] = []
    for place, char in enumerate(word):
        after = word[place + 1 : place + 2]
        if char in _CONSONANTS:
            found.append(_Sound(_WITH_NUKTA.get(char, _CONSONANTS[char]) if after == _NUKTA else _CONSONANTS[char]))
            if _needs_short_a(after or " ", word[place + 2 : place + 3]):
                found.append(_Sound(_SHORT_A, is_vowel=True, is_unwritten=True))
        elif char in _VOWELS or char in _SIGNS:
            found.append(_Sound(_VOWELS.get(char) or _SIGNS[char], is_vowel=True))
        elif char in _NASALS:
            found.append(_Sound(_nasal(after)))
        elif char.isdigit():
            found.append(_Sound(str(int(char))))
        elif char not in _SILENT:
            return None
    return found


def _needs_short_a(after: str, one_later: str) -> bool:
    following = one_later if after == _NUKTA else after
    return following != _VIRAMA and following not in _SIGNS


def _nasal(after: str) -> str:
    if after == "ह":
        return "ng"
    return "m" if after in tuple("पफबभम") else "n"


def _spoken(sounds: list[_Sound]) -> list[_Sound]:
    """The sounds without the short `a` that nobody speaks, from the end of the word to its beginning."""
    spoken = list(sounds)
    if _ends_unspoken(spoken):
        spoken.pop()
    for place in range(len(spoken) - 3, 1, -1):
        if spoken[place].is_unwritten and _is_between(spoken, place):
            del spoken[place]
    return spoken


def _ends_unspoken(sounds: list[_Sound]) -> bool:
    """Whether the last short `a` is not spoken. After two consonants it is, where the second one sounds by itself."""
    if not sounds or not sounds[-1].is_unwritten or not any(sound.is_vowel for sound in sounds[:-1]):
        return False
    return sounds[-3].is_vowel or sounds[-2].latin not in _SONORANTS


def _is_between(sounds: list[_Sound], place: int) -> bool:
    """Whether the short `a` at `place` stands between a vowel with one consonant, and one consonant with a vowel."""
    behind = sounds[place + 1 : place + 4]
    if not sounds[place - 2].is_vowel or sounds[place - 1].is_vowel or len(behind) < 2 or behind[0].is_vowel:
        return False
    with_r = len(behind) == 3 and behind[0].latin in _STOPS and behind[1].latin == "r" and behind[2].is_vowel
    return behind[1].is_vowel or with_r
