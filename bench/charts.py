"""Charts as SVG, each light and dark, without a library and without a script.

They are drawn for a narrow column: 480 units wide, so that a phone shows the letters at three quarters of their size.
"""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

WIDTH = 480
VALUES = 64  # room for a figure behind the longest bar


class Palette(NamedTuple):
    text: str
    muted: str
    line: str
    ours: str
    theirs: str
    sms: str


PALETTES = {
    "": Palette("#1f2328", "#59636e", "#d1d9e0", "#0a7f8c", "#b6c0ca", "#bc5a10"),
    "-dark": Palette("#f0f6fc", "#9198a1", "#3d444d", "#3bc4d0", "#59636e", "#f0883e"),
}


class Chart:
    """A drawing that grows downwards; `y` is where its next part begins."""

    def __init__(self, title: str, palette: Palette, *notes: str, width: int = WIDTH) -> None:
        self.palette, self.width, self.y = palette, width, 20.0
        self._title, self._parts = title, list[str]()
        self.text(0, self.y, title, size=16, weight=600)
        for note in notes:
            self.y += 19
            self.text(0, self.y, note, palette.muted, size=12)
        self.y += 14

    def text(
        self,
        x: float,
        y: float,
        text: str,
        colour: str = "",
        *,
        size: int = 13,
        weight: int = 400,
        anchor: str = "start",
    ) -> None:
        """`y` is the line on which the letters stand."""
        self._parts.append(
            f'<text x="{x:g}" y="{y:g}" fill="{colour or self.palette.text}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        )

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{max(1.5, width):.1f}" height="{height:g}" rx="2" fill="{colour}"/>'
        )

    def line(self, points: Iterable[tuple[float, float]], colour: str, *, width: float = 1, dashes: str = "") -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'
        )

    def area(self, points: Iterable[tuple[float, float]], colour: str) -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polygon points="{path}" fill="{colour}" fill-opacity="0.75"/>')

    def svg(self) -> str:
        height = round(self.y)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {height}" '
            f'width="{self.width}" height="{height}" '
            f'role="img" font-family="system-ui, -apple-system, Segoe UI, Noto Sans, sans-serif">'
            f"<title>{escape(self._title)}</title>"
        )
        return "\n".join([head, *self._parts, "</svg>", ""])


Drawn = Callable[[Palette], Chart]


def both(name: str, draw: Drawn) -> dict[str, str]:
    """The files of a chart: `name.svg` and `name-dark.svg`."""
    return {f"{name}{suffix}.svg": draw(palette).svg() for suffix, palette in PALETTES.items()}


def compared(rows: Sequence[dict[str, Any]], palette: Palette, *notes: str) -> Chart:
    """Two bars for each request, ours above the predecessor's, all on one scale."""
    chart = Chart("Processor time of a request, in milliseconds", palette, *notes)
    legend = (
        (0, palette.ours, "QuickCare, with its authorizer"),
        (215, palette.theirs, "its predecessor, Django on SQLite"),
    )
    for x, colour, name in legend:
        chart.bar(x, chart.y, 11, 11, colour)
        chart.text(x + 17, chart.y + 10, name, size=12)
    chart.y += 30
    scale = (WIDTH - VALUES) / max(max(row["ours"], row["theirs"]) for row in rows)
    for row in rows:
        chart.text(0, chart.y + 11, row["words"], weight=500)
        chart.text(WIDTH, chart.y + 11, f"{row['times']:.1f} times less", palette.ours, weight=600, anchor="end")
        for top, name, colour in ((18, "ours", palette.ours), (31, "theirs", palette.theirs)):
            chart.bar(0, chart.y + top, row[name] * scale, 10, colour)
            chart.text(row[name] * scale + 6, chart.y + top + 9, f"{row[name]:.1f}", palette.muted, size=11)
        chart.y += 54
    return chart


def month(parts: Sequence[tuple[str, float]], sms: Sequence[tuple[str, float]], palette: Palette, *notes: str) -> Chart:
    """What a clinic pays for, the dearest first; below, on a scale of its own, all of that beside its SMS."""
    total = sum(usd for _, usd in parts)
    chart = Chart(f"A clinic in a month: ${total:.2f}, and its SMS", palette, *notes)
    _dollars(chart, [(name, usd, palette.ours) for name, usd in parts])
    chart.y += 12
    chart.line([(0, chart.y), (WIDTH, chart.y)], palette.line)
    chart.y += 22
    chart.text(0, chart.y, "Beside its SMS, on a scale of its own", palette.muted, size=12)
    chart.y += 10
    _dollars(chart, [("all of the above", total, palette.ours), *((name, usd, palette.sms) for name, usd in sms)])
    return chart


def _dollars(chart: Chart, rows: Sequence[tuple[str, float, str]]) -> None:
    names = 150
    scale = (WIDTH - names - VALUES) / max(usd for _, usd, _ in rows)
    for name, usd, colour in rows:
        chart.text(0, chart.y + 13, name)
        chart.bar(names, chart.y + 2, usd * scale, 14, colour)
        chart.text(names + usd * scale + 7, chart.y + 13, f"${usd:.2f}", chart.palette.muted, size=12)
        chart.y += 23


def starts(rows: Sequence[tuple[str, float]], palette: Palette, *notes: str) -> Chart:
    """How many times the floor a function takes to start, with a line where the floor is."""
    names, top = 120, 24
    chart = Chart("Cold start of a function", palette, *notes)
    scale = (WIDTH - names - VALUES) / max(1.0, *(times for _, times in rows))
    first = chart.y
    chart.text(names + scale, first + 8, "the floor", palette.muted, size=11, anchor="middle")
    chart.y += top - 8
    for name, times in rows:
        chart.text(0, chart.y + 13, name)
        chart.bar(names, chart.y + 2, times * scale, 14, palette.ours)
        chart.text(names + max(times, 1.0) * scale + 8, chart.y + 13, f"{times:.2f}", palette.muted, size=12)
        chart.y += 23
    chart.line([(names + scale, first + 13), (names + scale, chart.y)], palette.text, dashes="3 3")
    chart.y += 4
    return chart


def memory(rows: Sequence[tuple[str, Sequence[int]]], minutes: str, palette: Palette, *notes: str) -> Chart:
    """A small panel for each function: megabytes over the time, from zero on, with the first and the last figure."""
    chart = Chart("Memory under load", palette, *notes)
    room, height = WIDTH / len(rows), 84
    most = max(max(samples) for _, samples in rows) * 1.35
    top = chart.y + 24
    for number, (name, samples) in enumerate(rows):
        left, right = number * room, (number + 1) * room - 24
        chart.text(left, chart.y + 10, name, weight=500)
        step = (right - left) / (len(samples) - 1)
        points = [(left + step * at, top + height * (1 - mb / most)) for at, mb in enumerate(samples)]
        chart.line([(left, top + height), (right, top + height)], palette.line)
        chart.line(points, palette.ours, width=2.5)
        chart.text(left, points[0][1] - 7, f"{samples[0]}", palette.muted, size=12)
        chart.text(right, points[-1][1] - 7, f"{samples[-1]} MB", palette.muted, size=12, anchor="end")
        chart.text(left, top + height + 15, "0", palette.muted, size=11)
        chart.text(right, top + height + 15, minutes, palette.muted, size=11, anchor="end")
    chart.y = top + height + 24
    return chart
