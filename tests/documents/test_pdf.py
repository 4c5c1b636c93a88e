"""What counts as a PDF, and what a hostile one may cost."""

import time
from collections.abc import Callable

import pytest
from documents.pdf import _is_whole, is_pdf
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import pdfs
from tests.documents.pdfs import SAMPLES, pdf

WHOLE = pdf(pages=3)


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.pdf").read_bytes()


@pytest.mark.parametrize("name", ["aes128", "aes256-object-streams", "linearized"])
def test_files_of_other_programs_are_pdfs(name: str) -> None:
    assert is_pdf(sample(name))


@pytest.mark.parametrize(
    "damage",
    [
        pdfs.with_wrong_start,
        pdfs.with_broken_table,
        lambda whole: whole.rstrip()[: -len("%%EOF")],
        lambda whole: whole + bytes(9000),
        lambda whole: whole + b"<html>appended by a server</html>" * 100,
    ],
    ids=["wrong start", "broken table", "no end marker", "zeros after it", "text after it"],
)
def test_a_file_with_repairable_damage_is_a_pdf(damage: Callable[[bytes], bytes]) -> None:
    assert is_pdf(damage(WHOLE))


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
        b" " + WHOLE,
        b"%PDF-1.4\nstartxref " + b"9" * 5000,
        WHOLE.replace(b"/Kids [4 0 R", b"/Kids [9 0 R"),
        WHOLE.replace(b"/Kids [4 0 R 5 0 R 6 0 R]", b"/Kids [2 0 R]"),
        WHOLE.replace(b"/Type /Catalog", b"/Type /Nothing").replace(b"/Pages 2 0 R", b"/Other 2 0 R"),
    ],
    ids=[
        "empty",
        "only the start",
        "no objects",
        "garbage",
        "late start",
        "endless number",
        "missing page",
        "endless tree",
        "no catalog",
    ],
)
def test_a_file_that_no_viewer_opens_is_no_pdf(content: bytes) -> None:
    assert not is_pdf(content)


def test_decompression_bombs_stay_within_the_limits() -> None:
    # GIVEN half a gigabyte of zeros, packed into a page, and into what opening needs
    packed = pdfs.bomb()
    in_a_page = pdf(content=packed).replace(b"/Length", b"/Filter /FlateDecode /Length")
    started = time.monotonic()
    # THEN the first is a file like any other, the second is none, and both are known within their limits
    assert is_pdf(pdfs.with_broken_table(in_a_page))
    assert not is_pdf(pdfs.bomb_in_cross_reference(packed))
    assert time.monotonic() - started < 40


@pytest.mark.parametrize("content", [b"[" * 2_000_000, b"1 0 obj\n" * 600_000], ids=["deep", "many"])
def test_reading_a_tangled_file_ends(content: bytes) -> None:
    assert not is_pdf(b"%PDF-1.5\n" + content + b"\nstartxref\n9\n%%EOF")


pieces = st.one_of(
    st.sampled_from(
        [b"startxref ", b"%%EOF", b"/Linearized", b"/L ", b"xref", b" 0 obj", b"trailer", b"\n", b"9" * 5000]
    ),
    st.integers(0).map(lambda number: b"%d" % number),
    st.binary(max_size=20),
)


@given(st.lists(pieces).map(b"".join))
@settings(max_examples=1000, deadline=None)
def test_the_first_look_answers_for_any_bytes(content: bytes) -> None:
    assert _is_whole(content) in (True, False)


@given(st.integers(9, len(WHOLE)), st.integers(0, 40), pieces)
@settings(max_examples=10, deadline=None)
def test_the_check_answers_for_any_damage(at: int, lost: int, piece: bytes) -> None:
    assert is_pdf(WHOLE[:at] + piece + WHOLE[at + lost :]) in (True, False)
