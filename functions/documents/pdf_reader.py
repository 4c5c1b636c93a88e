"""The process that looks at one PDF: `python -m documents.pdf_reader LIBRARY < file`.

It exits with 0 when a viewer opens the file, with 1 when none does, and with 3 when it could not start. Any other end
means that the file needed more than it may have, so that nobody knows. It opens the file as a viewer does, with PDFium,
and never reads what is on a page. Functions of the library: https://pdfium.googlesource.com/pdfium, public/fpdfview.h
"""

import contextlib
import ctypes
import resource
import signal
import sys

from documents import pdf_repair

OPENS, DOES_NOT_OPEN, NOT_STARTED = 0, 1, 3
# Python and the library start in a tenth of a second, which counts too; a file may take one second in all.
_CPU_SECONDS = 0.75
_MEMORY = 128 * 1024 * 1024
_NEEDS_PASSWORD, _NEEDS_OTHER_KEY = 4, 5


class Viewer:
    """PDFium, loaded from the file of its library. Raises OSError when it cannot be loaded."""

    def __init__(self, path: str) -> None:
        self._library = ctypes.CDLL(path)
        self._library.FPDF_LoadMemDocument64.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]
        self._library.FPDF_LoadMemDocument64.restype = ctypes.c_void_p
        self._library.FPDF_GetLastError.restype = ctypes.c_ulong
        self._library.FPDF_GetPageCount.argtypes = [ctypes.c_void_p]
        self._library.FPDF_GetPageSizeByIndexF.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
        self._library.FPDF_CloseDocument.argtypes = [ctypes.c_void_p]
        self._library.FPDF_InitLibrary()

    def opens(self, content: bytes) -> bool:
        """Whether the file has a page to show, or opens with a password or another key."""
        content = _ended(content)
        document = self._library.FPDF_LoadMemDocument64(content, len(content), None)
        if not document:
            return self._library.FPDF_GetLastError() in (_NEEDS_PASSWORD, _NEEDS_OTHER_KEY)
        size = (ctypes.c_float * 2)()
        pages = self._library.FPDF_GetPageCount(document)
        has_page = pages > 0 and self._library.FPDF_GetPageSizeByIndexF(document, 0, size)
        self._library.FPDF_CloseDocument(document)
        return bool(has_page)


def opens(viewer: Viewer, content: bytes) -> bool:
    """Whether a viewer opens the file: PDFium, or those that repair more than it does."""
    return viewer.opens(content) or pdf_repair.is_repairable(content)


def _ended(content: bytes) -> bytes:
    """The file without the blanks and zeros after its end, and with an end marker: other viewers need no such help."""
    kept = content.rstrip(b"\0\t\n\f\r ")
    return content if kept.endswith(b"%%EOF") and len(content) - len(kept) < 1024 else kept + b"\n%%EOF\n"


def _limit() -> None:
    """From here on the system ends this process when it uses more than its share. Python handles no SIGPROF."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    signal.setitimer(signal.ITIMER_PROF, _CPU_SECONDS)
    with contextlib.suppress(ValueError, OSError):  # some systems do not have this limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main(library: str) -> int:
    try:
        viewer = Viewer(library)
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the parent logs it
        return NOT_STARTED
    _limit()
    return OPENS if opens(viewer, sys.stdin.buffer.read()) else DOES_NOT_OPEN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
