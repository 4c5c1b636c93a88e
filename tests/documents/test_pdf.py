"""What counts as a PDF, and what a hostile one may cost. What viewers make of damage is in test_agreement.py."""

import resource
import zlib
from collections.abc import Iterator

import pytest
from documents import pdf_repair
from documents.pdf import is_pdf
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import pdfs, viewers
from tests.documents.damage import DAMAGE
from tests.documents.pdfs import pdf
from tests.documents.producers import PRODUCERS, sample

WHOLE = pdf(pages=3)


def test_a_linearized_file_without_its_last_newline_is_a_pdf() -> None:
    assert is_pdf(sample("linearized").rstrip())


@pytest.mark.parametrize("before", [0, 1, 1019])
def test_a_file_may_have_something_before_its_start(before: int) -> None:
    assert is_pdf(b"x" * before + WHOLE)


@pytest.mark.parametrize("before", [1020, 1024, 3000])
def test_a_start_must_be_in_the_first_kibibyte(before: int) -> None:
    assert not is_pdf(b"x" * before + WHOLE)


@pytest.mark.parametrize("name", ["aes128", "aes256-object-streams", "linearized"])
def test_half_a_file_is_no_pdf(name: str) -> None:
    whole = sample(name)
    assert not is_pdf(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.4\ngarbage\nstartxref\n9\n%%EOF",
        b"%PDF-1.4\nstartxref " + b"9" * 5000,
        WHOLE.replace(b"/Type /Catalog", b"/Type /Nothing").replace(b"/Pages 2 0 R", b"/Other 2 0 R"),
    ],
    ids=["empty", "only the start", "no objects", "garbage", "endless number", "no catalog"],
)
def test_a_file_that_no_viewer_opens_is_no_pdf(content: bytes) -> None:
    assert not is_pdf(content)
    assert not viewers.pdfium(content)
    assert not viewers.mupdf(content)


def test_a_file_that_lost_the_end_of_its_trailer_is_a_pdf() -> None:
    # MuPDF and Poppler look for the catalog then, PDFium does not.
    cut = PRODUCERS["qpdf"]()[:-30]
    assert viewers.mupdf(cut)
    assert is_pdf(cut)


# What a file may cost


@pytest.fixture
def cheap() -> Iterator[None]:
    """Fails when the processes of the test use more than a second of CPU."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    yield
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1


def promising(objects: int) -> bytes:
    """A whole file whose cross-reference stream promises so many objects and has a row of zeros for each."""
    packed, body = zlib.compress(pdfs.zeros(3 * objects // 1_000_000)), WHOLE[: WHOLE.index(b"xref\n")]
    entries = b"/Type /XRef /Size %d /W [1 1 1] /Root 1 0 R /Filter [/FlateDecode /FlateDecode]" % objects
    stream = b"9 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (entries, len(packed), packed)
    return body + stream + b"startxref\n%d\n%%%%EOF\n" % len(body)


def streams_of(content: bytes, count: int, first: int) -> bytes:
    """A file of so many object streams that unpack to `content`."""
    packed = zlib.compress(content, 9)
    head = b"<< /Type /ObjStm /N 9 /First %d /Filter /FlateDecode /Length %d >>" % (first, len(packed))
    objects = b"".join(b"%d 0 obj\n%s stream\n%s\nendstream\nendobj\n" % (n, head, packed) for n in range(count))
    return b"%PDF-1.5\n" + objects + b"trailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF"


def test_a_cross_reference_of_a_hundred_million_objects_costs_little(cheap: None) -> None:
    assert is_pdf(promising(100_000_000))


def test_what_a_page_unpacks_to_is_not_read(cheap: None) -> None:
    # GIVEN a page that is half a gigabyte of zeros
    page = pdf(content=pdfs.zeros(500)).replace(b"/Length", b"/Filter /FlateDecode /Length")
    assert is_pdf(pdfs.with_broken_table(page))


@pytest.mark.parametrize(
    "content",
    [
        pdfs.bomb_in_cross_reference(),
        b"%PDF-1.5\n1 0 obj\n" + b"[" * 2_000_000 + b"\nstartxref\n9\n%%EOF",
        streams_of(b"1 0 2 9 " + bytes(4_000_000), 1000, 8),
        streams_of(b"1 2 " * 50_000, 4000, 200_000),
    ],
    ids=["cross-reference", "deep", "object streams", "long lists"],
)
def test_a_file_that_takes_too_much_is_a_pdf_when_it_has_an_end(cheap: None, content: bytes) -> None:
    assert is_pdf(content)


def test_a_file_that_takes_too_much_and_has_no_end_is_no_pdf(cheap: None) -> None:
    assert not is_pdf(b"%PDF-1.5\n1 0 obj\n" + b"[" * 2_000_000)


@pytest.mark.parametrize(
    "content",
    [b"[" * 2_000_000, b"1 0 obj\n" * 600_000, b"1 " * 2_500_000],
    ids=["deep", "many", "numbers"],
)
def test_reading_a_tangled_file_ends(cheap: None, content: bytes) -> None:
    assert not is_pdf(b"%PDF-1.5\n" + content + b"\nstartxref\n9\n%%EOF")


pieces = st.sampled_from([b"1 0 obj", b"endobj", b"/Root 1 0 R", b"/Pages 2 0 R", b"/Type /ObjStm", b"stream\n", b"%"])


@given(st.sampled_from(sorted(DAMAGE)), st.lists(st.one_of(pieces, st.binary(max_size=20))).map(b"".join))
@settings(max_examples=200)
def test_a_repair_answers_for_any_bytes(damage: str, piece: bytes) -> None:
    broken = DAMAGE[damage](WHOLE)
    middle = len(broken) // 2
    assert pdf_repair.is_repairable(broken[:middle] + piece + broken[middle:]) in (True, False)
