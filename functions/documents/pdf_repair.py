"""Whether viewers that search a damaged PDF for its objects (MuPDF, Poppler) find enough of it to show.

It reads no cross-reference: it looks for each `12 0 obj` and for what stands in compressed object streams (ISO 32000-1,
7.5.7). Enough is a catalog, the page tree that it names, and a page. No work grows faster than the file.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

_BLANK = rb"[\0\t\n\f\r ]"
_NUMBERS = re.compile(rb"([0-9]{1,10})" + _BLANK + rb"{1,9}[0-9]{1,5}" + _BLANK + rb"{1,9}$")
_CATALOG = re.compile(rb"/Type" + _BLANK + rb"{0,9}/Catalog\b")
_PAGE = re.compile(rb"/Type" + _BLANK + rb"{0,9}/Page\b")
_TREE = re.compile(rb"/Pages" + _BLANK + rb"{1,9}([0-9]{1,10})")
_ROOT = re.compile(rb"/Root" + _BLANK + rb"{1,9}([0-9]{1,10})")
_FIRST = re.compile(rb"/First" + _BLANK + rb"{1,9}([0-9]{1,9})")
_LENGTH = re.compile(rb"/Length" + _BLANK + rb"{1,9}([0-9]{1,9})")
_STREAM = re.compile(rb"stream\r?\n")
_COMPRESSED = re.compile(rb"/ObjStm\b")
_NUMBER = re.compile(rb"[0-9]{1,10}")
# How much of an object is searched for what it says about its stream.
_HEAD = 1024
# The longest `12 0 ` in front of `obj`, and the longest list of the objects in a stream.
_BEFORE, _LIST = 35, 64 * 1024
# What one object stream, and all of them together, may unpack to.
_UNPACKED, _ALL_UNPACKED = 4 * 1024 * 1024, 16 * 1024 * 1024


class _Start(NamedTuple):
    """Where an object begins, with its number, and where its text does."""

    at: int
    number: int
    text: int


def is_repairable(content: bytes) -> bool:
    """Whether there is a catalog with its page tree, and a page. In an encrypted file, tree and pages may be in
    compressed objects, of which one only sees that they are there."""
    if b"/Pages" not in content and b"/ObjStm" not in content:
        return False
    starts = list(_starts(content))
    is_cut = bool(starts) and content.find(b"endobj", starts[-1].text) < 0
    roots = {int(number) for number in _ROOT.findall(content, 0, starts[-1].at if is_cut else len(content))}
    if not roots and (is_cut or b"startxref" in content):  # a whole end that names no catalog has none searched for
        return False
    found = dict(_objects(content, starts))
    compressed = [text for text in found.values() if _COMPRESSED.search(text, 0, _HEAD)]
    hidden = b"/Encrypt" in content and bool(compressed) and all(map(_has_its_length, compressed))
    found |= dict(_unpacked(compressed))
    catalogs = (text for number, text in found.items() if number in roots or _CATALOG.search(text))
    trees = (tree for text in catalogs for tree in _TREE.findall(text))
    pages = (text for text in found.values() if _PAGE.search(text))
    return any(hidden or int(tree) in found for tree in trees) and (hidden or any(pages))


def _starts(content: bytes) -> Iterator[_Start]:
    """Each `12 0 obj`, in the order of the file."""
    at = content.find(b"obj")
    while at >= 0:
        before = max(0, at - _BEFORE)
        numbers = _NUMBERS.search(content[before:at])
        if numbers:
            yield _Start(before + numbers.start(), int(numbers[1]), at + len(b"obj"))
        at = content.find(b"obj", at + len(b"obj"))


def _objects(content: bytes, starts: list[_Start]) -> Iterator[tuple[int, bytes]]:
    """Number and text of each object that stands in the file itself and says its type."""
    ends = [*(start.at for start in starts[1:]), len(content)]
    for start, end in zip(starts, ends, strict=False):
        text = content[start.text : end]
        if b"/Type" in text or b"/Pages" in text or b"/Kids" in text:
            yield start.number, text


def _has_its_length(stream: bytes) -> bool:
    """Whether a stream is as long as it says, so that nothing was lost of it or changed into something longer."""
    begin, length = _STREAM.search(stream), _LENGTH.search(stream, 0, _HEAD)
    if not begin or not length:
        return False
    return stream[begin.end() + int(length[1]) :][:20].lstrip().startswith(b"endstream")


def _unpacked(streams: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Number and text of each object in object streams, as far as they unpack."""
    left = _ALL_UNPACKED
    for stream in streams:
        begin, first = _STREAM.search(stream), _FIRST.search(stream, 0, _HEAD)
        if not begin or not first:
            continue
        unpacked = _inflated(stream[begin.end() :], min(_UNPACKED, left))
        left -= len(unpacked)
        numbers = [int(number) for number in _NUMBER.findall(unpacked, 0, min(int(first[1]), _LIST))]
        offsets = [int(first[1]) + offset for offset in numbers[1::2]]
        for number, start, end in zip(numbers[::2], offsets, [*offsets[1:], len(unpacked)], strict=False):
            if start < len(unpacked):
                yield number, unpacked[start:end]


def _inflated(packed: bytes, most: int, step: int = 256) -> bytes:
    """What comes out before the data are broken or end, at most so many bytes."""
    unpack, out = zlib.decompressobj(), bytearray()
    with suppress(zlib.error):
        for at in range(0, len(packed), step):
            if len(out) >= most or unpack.eof:
                break
            out += unpack.decompress(packed[at : at + step], most - len(out))
    return bytes(out)
