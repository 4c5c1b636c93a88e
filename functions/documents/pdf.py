"""Decides whether bytes are a PDF that viewers can open. The library reads them in a process of its own, with limits on
time and memory, so that a hostile file can hurt nothing else."""

import os
import re
import subprocess
import sys

from quickcare.observability import logger

LARGEST = 5 * 1024 * 1024
_WALL_SECONDS = 20
_TAIL = 1024
# Only the first 20 digits of a number are read: Python refuses to convert thousands of digits.
_START = re.compile(rb"startxref\s+(\d{1,20})")
_LINEARIZED_LENGTH = re.compile(rb"/L\s+(\d{1,20})")


def is_pdf(content: bytes) -> bool:
    """Whether viewers can open the file, if need be with its password. Damage that lenient viewers repair is fine."""
    if not content.startswith(b"%PDF-") or not _is_whole(content):
        return False
    # The child process gets the import path (on Lambda the library is in a layer), but no credentials.
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH") if name in os.environ}
    command = [sys.executable, "-B", "-m", "documents.pdf_reader"]
    try:
        reader = subprocess.run(  # noqa: S603 - our own module, the file comes by standard input
            command, input=_ended(content), env=environment, capture_output=True, timeout=_WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        logger.warning("reading a PDF took too long")
        return False
    if reader.returncode not in (0, 1):
        logger.warning("reading a PDF was ended", code=reader.returncode)
    return reader.returncode == 0


def _ended(content: bytes) -> bytes:
    """The content with an end marker: the library needs one, viewers do not."""
    return content if b"%%EOF" in content else content + b"\n%%EOF\n"


def _is_whole(content: bytes) -> bool:
    """Whether the file was not cut off: it ends with its end marker (ISO 32000-1, 7.5.5), or something was appended to
    a whole file. A linearized file also says how long it is (Annex F)."""
    linearized = _LINEARIZED_LENGTH.search(content, 0, _TAIL) if b"/Linearized" in content[:_TAIL] else None
    if linearized and int(linearized[1]) > len(content):
        return False
    if b"%%EOF" in content.rstrip(b"\0\t\r\n\f ")[-_TAIL:]:
        return True
    starts = list(_START.finditer(content))
    return bool(starts) and re.match(rb"\s*(?:xref|\d+\s+\d+\s+obj)", content[int(starts[-1][1]) :][:64]) is not None
