"""The check and viewers agree: what two of them open is taken, and what none opens is refused.

Viewers are asked until the answer is known. Poppler counts where it is installed.
"""

import pytest
from documents import pdf, pdf_reader

from tests.documents import viewers
from tests.documents.damage import DAMAGE
from tests.documents.producers import PRODUCERS


@pytest.fixture(scope="module")
def viewer() -> pdf_reader.Viewer:
    """What the checking process uses, here without its limits."""
    return pdf_reader.Viewer(pdf.library())


def complaint(viewer: pdf_reader.Viewer, content: bytes) -> str | None:
    """What is wrong with the check's opinion about a file, if anything is."""
    opens = (shows(content) for shows in (viewers.pdfium, viewers.mupdf, viewers.poppler))
    if pdf.has_start(content) and pdf_reader.opens(viewer, content):
        return None if any(opens) else "taken, though no viewer opens it"
    return "refused, though two viewers open it" if sum(map(bool, opens)) > 1 else None


@pytest.mark.parametrize("producer", PRODUCERS)
def test_the_check_agrees_with_viewers(viewer: pdf_reader.Viewer, producer: str) -> None:
    whole = PRODUCERS[producer]()
    complaints = {name: complaint(viewer, damage(whole)) for name, damage in DAMAGE.items()}
    assert {name: text for name, text in complaints.items() if text} == {}


@pytest.mark.parametrize("producer", PRODUCERS)
def test_the_files_of_all_producers_are_taken(producer: str) -> None:
    assert pdf.is_pdf(PRODUCERS[producer]())
