"""The comparison that every picture of a page goes through."""

import io

import pytest
from PIL import Image, ImageDraw

from tests.browser import pictures
from tests.browser.conftest import PICTURES


def painted(name: str, *boxes: tuple[int, int, int, int]) -> bytes:
    """A picture with boxes (left, top, right, bottom) of grey on it."""
    image = Image.open(PICTURES / f"{name}.png").convert("RGB")
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, "grey")
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


def test_a_page_looks_like_its_picture_with_another_name_and_time_on_it() -> None:
    shown = painted("admin-users-wide", (40, 300, 120, 312), (500, 300, 560, 312))
    assert 0 < pictures.difference(shown, PICTURES / "admin-users-wide.png") < pictures.TOLERATED


@pytest.mark.parametrize(
    ("name", "boxes"),
    [
        ("admin-doctors-wide", []),
        ("admin-users-390", []),
        ("admin-users-wide-dark", []),
        ("admin-users-wide", [(0, 0, 1280, 300)]),
    ],
    ids=["another page", "another size", "other colours", "something above it"],
)
def test_another_look_is_noticed(name: str, boxes: list[tuple[int, int, int, int]]) -> None:
    assert pictures.difference(painted(name, *boxes), PICTURES / "admin-users-wide.png") > pictures.TOLERATED
