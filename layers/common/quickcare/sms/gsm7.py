"""The alphabet of SMS: GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, §6.2.1), and how many SMS a
text is paid as.

A text in this alphabet is one SMS of up to 160 septets. One other character makes the whole text UCS-2, and then an SMS
has only 70 characters. Of a longer text each SMS is a few characters shorter, because it says which part it is.
"""

SEGMENT_SEPTETS, PART_SEPTETS = 160, 153
SEGMENT_UNITS, PART_UNITS = 70, 67  # UTF-16 units

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")


def septets(text: str) -> int | None:
    """How many septets `text` takes, two for an extension character; None when it has a foreign character."""
    if not BASIC.union(EXTENSION).issuperset(text):
        return None
    return len(text) + sum(map(text.count, EXTENSION))


def is_one_segment(text: str) -> bool:
    """Whether `text` is one SMS of the GSM-7 alphabet."""
    count = septets(text)
    return count is not None and count <= SEGMENT_SEPTETS


def segments(text: str) -> int:
    """As how many SMS `text` is sent and paid. An extension character that falls between two parts is not looked at:
    none of our texts has one."""
    count, whole, part = septets(text), SEGMENT_SEPTETS, PART_SEPTETS
    if count is None:
        count, whole, part = len(text.encode("utf-16-le")) // 2, SEGMENT_UNITS, PART_UNITS
    return 1 if count <= whole else -(-count // part)
