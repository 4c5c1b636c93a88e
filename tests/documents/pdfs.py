"""PDF files, whole and damaged."""

import re
import zlib
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"


def pdf(size: int = 0, *, pages: int = 1, content: bytes = b"BT ET") -> bytes:
    """A small valid PDF; with `size`, of exactly that many bytes."""
    kids = b" ".join(b"%d 0 R" % (4 + n) for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 3 0 R >>"] * pages,
    ]
    made = _written(objects, b"")
    return _written(objects, b"%" * (size - len(made) - 1) + b"\n") if size else made


def _written(objects: list[bytes], padding: bytes) -> bytes:
    body, offsets = b"%PDF-1.7\n" + padding, []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%010d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def with_wrong_start(whole: bytes) -> bytes:
    """The cross-reference table is not where the file says."""
    return re.sub(rb"startxref\n\d+", b"startxref\n0000000099", whole)


def with_broken_table(whole: bytes) -> bytes:
    """The cross-reference table is unreadable."""
    return re.sub(rb"\d{10} 00000 n", b"XXXXXXXXXX 00000 n", whole)


def zeros(megabytes: int) -> bytes:
    """So many megabytes of zeros, deflated: one block over and over, without the checksum at the end."""
    deflate = zlib.compressobj(9)
    start, block = (deflate.compress(bytes(1_000_000)) + deflate.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return start + block * (megabytes - 1)


def bomb_in_cross_reference() -> bytes:
    """A file whose cross-reference stream is half a gigabyte of zeros."""
    packed = zeros(500)
    head = b"%PDF-1.5\n"
    entries = b"/Type /XRef /Size 3 /W [1 2 1] /Root 2 0 R /Filter /FlateDecode"
    stream = b"1 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (entries, len(packed), packed)
    return head + stream + b"startxref\n%d\n%%%%EOF\n" % len(head)
