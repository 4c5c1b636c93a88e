"""How people and their phones write digits, numbers, contacts and names."""

import math
import re
import unicodedata

from quickcare.settings import settings

# Beside letters that are none: the blank of Braille, and the fillers of Hangul.
_BLANK = "\u2800\u115f\u1160\u3164\uffa0"
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"\+?[0-9](?:[ -]*[0-9])*")


def digits(text: str) -> str:
    """`text` with the decimal digits of every script as 0-9: `"९८७"` is `"987"`."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(one, one)) for one in text)


def contact(text: str) -> int | None:
    """The contact that a text means, as phones fill it in: `"+91 98765-43210"`, `"098765 43210"`; None when it is none.

    The country code may stand before it, with or without `+`, or a 0; blanks and hyphens between the digits, and
    invisible characters that a phone copies along.
    """
    number = plain_number(text)
    if not _NUMBER.fullmatch(number):
        return None
    number = re.sub("[ -]", "", number)
    code = settings().phone_country_code
    beginnings = (f"+{code}",) if number.startswith("+") else ("", "0", code)
    for beginning in beginnings:
        rest = number.removeprefix(beginning)
        if number.startswith(beginning) and re.fullmatch(settings().phone_pattern, rest):
            return int(rest)
    return None


def plain_number(text: str) -> str:
    """A number as somebody typed or pasted it: digits 0-9, plain blanks and hyphens, no invisible characters."""
    return "".join(map(_of_number, digits(text))).strip()


def _of_number(character: str) -> str:
    if character.isascii():
        return character
    return {"Zs": " ", "Pd": "-", "Cf": ""}.get(unicodedata.category(character), character)


def exact_float(text: str) -> float:
    """The number that a text of digits means; NaN, which no field takes, when it is too large or too small for a float.

    `1E-999999999` is no zero, though Python reads it as one.
    """
    value = float(text)
    is_zero = re.fullmatch(r"[-+0.]*", text.lower().partition("e")[0])
    return math.nan if math.isinf(value) or (value == 0 and not is_zero) else value


def shows_nothing(text: str) -> bool:
    """Whether a reader sees nothing of it: only blanks, invisible characters, or marks without a letter.

    A phone may know characters that Python does not know yet, such as new emojis.
    """
    return not any(map(_is_seen, text))


def _is_seen(character: str) -> bool:
    kind = unicodedata.category(character)
    return (kind[0] in "LNPS" or kind in ("Cn", "Co")) and character not in _BLANK


def turns_text(text: str) -> bool:
    """Whether it has a control that makes the text around it read in another direction (Unicode's bidi controls)."""
    return _TURNING.search(text) is not None
