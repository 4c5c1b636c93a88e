"""Decides whether bytes are a PDF that viewers can open. A process of its own looks at them, with limits on time and
memory, so that a hostile file can hurt nothing else."""

import functools
import importlib.util
import math
import os
import subprocess
import sys
from pathlib import Path

from quickcare.observability import logger

LARGEST = 5 * 1024 * 1024
NOT_A_PDF = "Only PDF files are accepted."
# Where viewers look for the start, and for the end.
_HEAD, _TAIL = 1024, 1024
# One second of CPU is more on the clock where a function has only a part of a processor.
_WALL_SECONDS = 15
# How the process of `pdf_reader` ends.
_OPENS, _DOES_NOT_OPEN, _NOT_STARTED = 0, 1, 3


def is_pdf(content: bytes) -> bool:
    """Whether a viewer opens the file, if need be with its password. Damage that viewers repair is fine.

    A file that takes too much to look at is a PDF when it has an end. Raises RuntimeError when the library cannot be
    used.
    """
    if not has_start(content):
        return False
    ended_with = _look_at(content)
    if ended_with == _NOT_STARTED:
        raise RuntimeError("the PDF library cannot be loaded")
    if ended_with in (_OPENS, _DOES_NOT_OPEN):
        return ended_with == _OPENS
    logger.warning("looking at a PDF took too much", code=ended_with)
    return _has_end(content)


def too_large(size: int) -> str:
    """What is wrong with a file of so many bytes. Tenths are rounded up, so that it never says 5.0 MB."""
    return f"File size must not exceed 5 MB. Uploaded file is {math.ceil(size / 1024 / 1024 * 10) / 10:.1f} MB."


def has_start(content: bytes) -> bool:
    """Whether the file begins as PDFs do, or has little before that, as viewers allow (ISO 32000-1, annex H)."""
    return b"%PDF-" in content[:_HEAD]


def _look_at(content: bytes) -> int | None:
    """How the process that looks at the file ended; None when it took too long."""
    # It gets what it imports, but neither credentials nor other packages.
    command = [sys.executable, "-S", "-m", "documents.pdf_reader", library()]
    environment = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    environment |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH") if name in os.environ}
    try:
        reader = subprocess.run(  # noqa: S603 - our own module, the file comes by standard input
            command, input=content, env=environment, capture_output=True, timeout=_WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return reader.returncode


@functools.cache
def library() -> str:
    """The file of PDFium. The package's own Python code describes hundreds of functions, and importing it takes longer
    than a check."""
    package = importlib.util.find_spec("pypdfium2_raw")
    if package is None or package.origin is None:
        raise RuntimeError("the PDF library is not installed")
    return str(next(Path(package.origin).parent.glob("*pdfium.*")))


def _has_end(content: bytes) -> bool:
    """Whether the file was not cut off (ISO 32000-1, 7.5.5)."""
    end = content.rstrip(b"\0\t\n\f\r ")[-_TAIL:]
    return b"%%EOF" in end or b"startxref" in end
