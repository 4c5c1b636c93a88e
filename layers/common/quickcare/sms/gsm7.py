"""The alphabet of SMS: GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, §6.2.1).

A text in it goes out as one message of up to 160 septets. One character outside it turns the whole text into
UCS-2, where a message holds 70.
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
    """How many septets `text` takes, extension characters two each; None when a character is foreign."""
    if not BASIC.union(EXTENSION).issuperset(text):
        return None
    return len(text) + sum(char in EXTENSION for char in text)


def is_one_segment(text: str) -> bool:
    """Whether `text` goes out as one GSM-7 message."""
    count = septets(text)
    return count is not None and count <= SEGMENT_SEPTETS


def fit(text: str, most: int = SEGMENT_SEPTETS) -> str:
    """`text` made into one GSM-7 segment: accents dropped, other foreign characters `?`, cut at `most` septets.

    A text that is one segment already comes back as it is.
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
    """Somebody's name in at most so many septets, and nothing in it that a phone would make a link or a number of:
    people name themselves, and we are the sender."""
    harmless = re.sub(r"[/\\:@]+|\d{5,}|\+?\d(?:[ ().-]*\d){6,}", " ", fit(text))
    return fit(" ".join(re.sub(r"\.(?=\w)", ". ", harmless).split()), most)


def _safe(char: str) -> str:
    if char in BASIC or char in EXTENSION:
        return char
    if unicodedata.combining(char):
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", char) if c in BASIC)
    return bare or "?"
