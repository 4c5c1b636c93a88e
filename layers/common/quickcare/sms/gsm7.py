"""The alphabet of SMS: GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, §6.2.1).

A text in this alphabet is one SMS of up to 160 septets. One other character makes the whole text UCS-2, and then an SMS
has only 70 characters.
"""

import re
import unicodedata

SEGMENT_SEPTETS = 160

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")

_REPLACEMENTS = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{INDIAN RUPEE SIGN}": "Rs.",
        "\N{GRAVE ACCENT}": "'",
        "\t": " ",
    }
)


def septets(text: str) -> int | None:
    """How many septets `text` takes, two for an extension character; None when it has a foreign character."""
    if not BASIC.union(EXTENSION).issuperset(text):
        return None
    return len(text) + sum(char in EXTENSION for char in text)


def is_one_segment(text: str) -> bool:
    """Whether `text` is one SMS of the GSM-7 alphabet."""
    count = septets(text)
    return count is not None and count <= SEGMENT_SEPTETS


def fit(text: str, most: int = SEGMENT_SEPTETS) -> str:
    """`text` as one GSM-7 segment: without accents, with `?` for other foreign characters, cut at `most` septets.

    A text that is one segment already is not changed.
    """
    kept: list[str] = []
    left = most
    for char in "".join(map(_safe, text.translate(_REPLACEMENTS))):
        left -= 2 if char in EXTENSION else 1
        if left < 0:
            break
        kept.append(char)
    return "".join(kept)


def name(text: str, most: int = 60) -> str:
    """A name in at most `most` septets, without anything that a phone would show as a link or a phone number.

    People choose their own names, and the SMS comes from us.
    """
    harmless = re.sub(r"[/\\:@]+|\d{5,}|\+?\d(?:[ ().-]*\d){6,}", " ", fit(text))
    return fit(" ".join(re.sub(r"\.(?=\w)", ". ", harmless).split()), most).rstrip()


def _safe(char: str) -> str:
    if char in BASIC or char in EXTENSION:
        return char
    if unicodedata.combining(char):
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", char) if c in BASIC)
    return bare or "?"
