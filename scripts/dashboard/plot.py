"""Draws the lines of a widget over its time: axes, lines, dots, and areas upon each other."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import ceil, floor, log10
from typing import NamedTuple

from bench.charts import Chart
from scripts.dashboard.metrics import Series
from scripts.dashboard.widgets import Line, Widget

_DAY = 86400


class Box(NamedTuple):
    """A place of the picture, in its units."""

    left: float
    top: float
    right: float
    bottom: float


class Scale(NamedTuple):
    """Where the box of a plot has a second, and a value."""

    box: Box
    begin: int
    end: int
    most: float

    def x(self, second: float) -> float:
        share = (second - self.begin) / (self.end - self.begin)
        return self.box.left + share * (self.box.right - self.box.left)

    def y(self, value: float) -> float:
        return self.box.bottom - value / self.most * (self.box.bottom - self.box.top)


def plot(chart: Chart, widget: Widget, lines: Sequence[Line], box: Box) -> None:
    """The lines, which have colours, in the box; their axes stand around it."""
    begin, end = widget.shown
    _days(chart, Scale(box, begin, end, 1))
    if not any(line.points for line in lines):
        middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        chart.text(*middle, "no value in this run", chart.palette.muted, size=11, anchor="middle")
    left = [line for line in lines if not line.is_right]
    for these, anchor in ((left, "end"), ([line for line in lines if line.is_right], "start")):
        if not any(line.points for line in these):
            continue
        scale = Scale(box, begin, end, _round_above(_highest(these, widget)))
        _values(chart, scale, anchor)
        if widget.is_stacked:
            _stack(chart, scale, these, widget.period)
        else:
            for line in these:
                _line(chart, scale, line, widget.period)


def _highest(lines: Sequence[Line], widget: Widget) -> float:
    if not widget.is_stacked:
        return max(value for line in lines for value in line.points.values())
    periods = {begin for line in lines for begin in line.points}
    return max(sum(line.points.get(begin, 0) for line in lines) for begin in periods)


def _round_above(value: float) -> float:
    """The next of 1, 2, 4, 6, 8 and 10 times a power of ten: half of it is a short number too."""
    power: float = 10.0 ** floor(log10(value)) if value else 1.0
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if value <= step * power)


def _days(chart: Chart, scale: Scale) -> None:
    """The axis of time: a mark at midnights (UTC)."""
    box = scale.box
    midnights = range(ceil(scale.begin / _DAY) * _DAY, scale.end, _DAY)
    every = ceil(len(midnights) * 44 / (box.right - box.left))
    chart.line([(box.left, box.bottom), (box.right, box.bottom)], chart.palette.muted)
    for midnight in midnights[::every]:
        x = scale.x(midnight)
        chart.line([(x, box.bottom), (x, box.bottom + 4)], chart.palette.muted)
        words = f"{datetime.fromtimestamp(midnight, UTC):%-d %b}"
        chart.text(x, box.bottom + 15, words, chart.palette.muted, size=11, anchor="middle")


def _values(chart: Chart, scale: Scale, anchor: str) -> None:
    """The axis of values, left or right of the plot."""
    box = scale.box
    x = box.left - 6 if anchor == "end" else box.right + 6
    for value in (0, scale.most / 2, scale.most):
        y = scale.y(value)
        if value:
            chart.line([(box.left, y), (box.right, y)], chart.palette.line)
        chart.text(x, y + 4, f"{value:g}", chart.palette.muted, size=11, anchor=anchor)


def _line(chart: Chart, scale: Scale, line: Line, period: int) -> None:
    """Points of neighbouring periods are joined; one without a neighbour is a dot."""
    for points in _runs(line.points, period):
        if len(points) == 1:
            ((second, value),) = points
            chart.bar(scale.x(second) - 2.5, scale.y(value) - 2.5, 5, 5, line.colour)
        else:
            chart.line([(scale.x(at), scale.y(value)) for at, value in points], line.colour, width=1.5)


def _runs(points: Series, period: int) -> Iterator[list[tuple[int, float]]]:
    """What has no gap, without the points in the middle of a level stretch."""
    run = list[tuple[int, float]]()
    for second, value in sorted(points.items()):
        if run and second - run[-1][0] > period:
            yield run
            run = []
        if len(run) > 1 and run[-2][1] == run[-1][1] == value:
            run.pop()
        run.append((second, value))
    if run:
        yield run


def _stack(chart: Chart, scale: Scale, lines: Sequence[Line], period: int) -> None:
    """Areas upon each other; where a line has no value it adds nothing."""
    seconds = range(min(min(line.points) for line in lines), max(max(line.points) for line in lines) + 1, period)
    below = dict.fromkeys(seconds, 0.0)
    for line in lines:
        above = {at: below[at] + line.points.get(at, 0) for at in seconds}
        edge = [*above.items(), *reversed(below.items())]
        chart.area([(scale.x(at), scale.y(value)) for at, value in edge], line.colour)
        below = above
