"""Whether a page still looks like its picture in docs/screenshots.

Names, times and numbers differ from day to day, and letters from machine to machine. So both pictures become grey
squares of 16 pixels. Of the squares where one of them shows anything, the share counts whose shade differs.
"""

import io
from pathlib import Path

from PIL import Image

TOLERATED = 0.12
_SQUARE = 16
_SEEN, _DIFFERENT = 4, 12  # of 255 shades
_COLOURS = 128


def small(shown: bytes) -> bytes:
    """The picture with few colours, which is a third as long; nobody sees a difference."""
    file = io.BytesIO()
    few = Image.open(io.BytesIO(shown)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(file, "png", optimize=True)
    return file.getvalue()


def difference(shown: bytes, kept: Path) -> float:
    """0 for the same picture, 1 for one of another size; two lists of the panel with other people have about 0.2."""
    now, before = (Image.open(one).convert("L") for one in (io.BytesIO(shown), kept))
    if now.size != before.size:
        return 1
    squares = (-(-now.width // _SQUARE), -(-now.height // _SQUARE))
    pairs = list(zip(*(one.resize(squares, Image.Resampling.BOX).tobytes() for one in (now, before)), strict=True))
    shades: list[int] = now.histogram()
    paper = shades.index(max(shades))
    written = [pair for pair in pairs if any(abs(shade - paper) > _SEEN for shade in pair)]
    different = [pair for pair in written if abs(pair[0] - pair[1]) > _DIFFERENT]
    return len(different) / max(len(written), 1)
