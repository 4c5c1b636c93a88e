"""Programs that open PDFs, each of which says whether it shows the first page of a file or asks for its password."""

import ctypes
import shutil
import subprocess
import tempfile

import pymupdf
import pypdfium2.raw as pdfium_raw

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


def pdfium(content: bytes) -> bool:
    """Chrome, Edge and most Android apps."""
    pdfium_raw.FPDF_InitLibrary()
    document = pdfium_raw.FPDF_LoadMemDocument64(ctypes.c_char_p(content), len(content), None)
    if not document:
        return bool(pdfium_raw.FPDF_GetLastError() == pdfium_raw.FPDF_ERR_PASSWORD)
    page = pdfium_raw.FPDF_LoadPage(document, 0)
    if page:
        pdfium_raw.FPDF_ClosePage(page)
    pdfium_raw.FPDF_CloseDocument(document)
    return bool(page)


def mupdf(content: bytes) -> bool:
    """SumatraPDF and many readers on telephones."""
    try:
        with pymupdf.open(stream=content, filetype="pdf") as document:
            return bool(document.needs_pass or document[0].get_pixmap(dpi=2))
    except (RuntimeError, ValueError, IndexError):
        return False


def poppler(content: bytes) -> bool | None:
    """Evince, Okular and other readers on Linux; None where it is not installed."""
    program = shutil.which("pdfinfo")
    if program is None:
        return None
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        said = subprocess.run([program, file.name], capture_output=True, check=False)
    return b"Incorrect password" in said.stderr or (said.returncode == 0 and b"Pages:" in said.stdout)
