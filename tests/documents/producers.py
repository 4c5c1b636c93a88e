"""Small PDFs as different programs write them: the same bytes each time.

Those that hold random keys, and what large programs wrote, are in `samples/`.
"""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import img2pdf
import pymupdf
from fpdf import FPDF
from pikepdf import ObjectStreamMode, Pdf
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from tests.documents.pdfs import SAMPLES

PAGES = 3


def reportlab(pages: int = PAGES) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    for number in range(pages):
        canvas.drawString(72, 700, f"Haemoglobin {number}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def qpdf(**options: Any) -> bytes:
    """Written anew by qpdf, which labs and scanners put behind their own programs."""
    file = io.BytesIO()
    with Pdf.open(io.BytesIO(reportlab())) as pdf:
        pdf.save(file, deterministic_id=True, **options)
    return file.getvalue()


def pypdf() -> bytes:
    file = io.BytesIO()
    PdfWriter(clone_from=PdfReader(io.BytesIO(reportlab()))).write(file)
    return file.getvalue()


def pypdf_update() -> bytes:
    """A whole file and a second one behind it, which changes something (ISO 32000-1, 7.5.6)."""
    file = io.BytesIO()
    writer = PdfWriter(io.BytesIO(reportlab()), incremental=True)
    writer.pages[0].rotate(90)
    writer.write(file)
    return file.getvalue()


def fpdf2() -> bytes:
    pdf = FPDF()
    pdf.set_creation_date(datetime(2026, 11, 23, tzinfo=UTC))
    pdf.set_font("helvetica")
    for number in range(PAGES):
        pdf.add_page()
        pdf.cell(text=f"Haemoglobin {number}")
    return bytes(pdf.output())


def scan() -> bytes:
    """Photographs, as telephones and scanners pack them."""
    file = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(file, "JPEG")
    return bytes(img2pdf.convert([file.getvalue()] * PAGES, nodate=True, engine=img2pdf.Engine.internal))


def mupdf() -> bytes:
    with pymupdf.open(stream=reportlab()) as pdf:
        return bytes(pdf.tobytes(garbage=4, deflate=True, use_objstms=1, no_new_id=True))


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.pdf").read_bytes()


PRODUCERS: dict[str, Callable[[], bytes]] = {
    "reportlab": reportlab,
    "reportlab, many pages": lambda: reportlab(40),
    "qpdf": qpdf,
    "qpdf, object streams": lambda: qpdf(object_stream_mode=ObjectStreamMode.generate),
    "qpdf, linearized": lambda: qpdf(linearize=True),
    "qpdf, linearized, object streams": lambda: qpdf(linearize=True, object_stream_mode=ObjectStreamMode.generate),
    "pypdf": pypdf,
    "pypdf, updated": pypdf_update,
    "fpdf2": fpdf2,
    "img2pdf": scan,
    "mupdf": mupdf,
    "chromium": lambda: sample("chromium"),
    "libreoffice": lambda: sample("libreoffice"),
    "libreoffice, PDF/A": lambda: sample("libreoffice-pdfa"),
    "ghostscript": lambda: sample("ghostscript"),
    "cairo": lambda: sample("cairo"),
    "encrypted, RC4": lambda: sample("rc4"),
    "encrypted, AES 128": lambda: sample("aes128"),
    "encrypted, AES 256, object streams": lambda: sample("aes256-object-streams"),
    "encrypted, AES 128, object streams, empty password": lambda: sample("aes128-empty-password"),
}
