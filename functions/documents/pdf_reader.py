"""The process that reads one PDF: `python -m documents.pdf_reader < file`. It exits with 0 when the file is whole.

It reads what a viewer needs to open the file: cross-reference, catalog and page tree. It never reads what is on a page.
"""

import contextlib
import logging
import resource
import sys
import zlib
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject

_CPU_SECONDS = 10
_MEMORY = 512 * 1024 * 1024
_PAGES = 20_000


class _Reader(PdfReader):
    """Opens a file without decrypting it. That is enough, and needs no password: only strings and streams are encrypted
    (ISO 32000-1, 7.6.1)."""

    def _handle_encryption(self, password: str | bytes | None) -> None:
        """Decrypt nothing."""


def is_whole(content: bytes) -> bool:
    """Whether the document has a catalog and pages, and each page is there."""
    reader = _Reader(BytesIO(content), strict=False)
    try:
        pages = _pages(reader.root_object["/Pages"])
    except (PyPdfError, KeyError, zlib.error):
        pages = 0
    if pages == 0 and reader.is_encrypted:
        # The page tree is in object streams, which are encrypted as a whole: we only see that they exist.
        return "/Root" in reader.trailer and b"/ObjStm" in content
    return 0 < pages <= _PAGES


def _pages(tree: object) -> int:
    """The number of pages in the tree; 0 when one of them is missing."""
    count, waiting, seen = 0, [tree], set[int]()
    while waiting and count <= _PAGES:
        node = waiting.pop()
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if not isinstance(node, DictionaryObject) or id(node) in seen:
            return 0
        seen.add(id(node))
        kids = node.get("/Kids")
        if isinstance(kids, ArrayObject):
            waiting += kids
        else:
            count += 1
            if isinstance(node.get("/Contents", NullObject()), NullObject) and "/Contents" in node:
                return 0
    return count


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    with contextlib.suppress(ValueError, OSError):  # some systems do not have this limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    logging.disable()
    try:
        return 0 if is_whole(sys.stdin.buffer.read()) else 1
    except Exception:  # noqa: BLE001 - the library may raise anything for a file that is no PDF
        return 1


if __name__ == "__main__":
    sys.exit(main())
