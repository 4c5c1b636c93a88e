"""Draws widgets as CloudWatch places them: on a grid of 24 columns. What only AWS could fill stays an empty frame."""

from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise

from bench.charts import Chart, Palette
from scripts.dashboard.plot import Box, plot
from scripts.dashboard.widgets import Line, Widget

WIDTH = 900
_COLUMN, _ROW = WIDTH / 24, 36
_EMPTY_ROW = 13  # where all widgets of a row are empty
_INSET = 4
_LETTER = 6.5  # about the width of one at size 11, in a wide font
_LEGEND_LINE, _LEGEND_LINES = 15, 4
# CloudWatch's own, in its order.
_COLOURS = (
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd"),
    *("#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"),
)


def drawn(widgets: Sequence[Widget], title: str, notes: Sequence[str], palette: Palette) -> Chart:
    """The dashboard."""
    chart = Chart(title, palette, *notes, width=WIDTH)
    tops = _tops(widgets, chart.y)
    for widget in widgets:
        left, top = widget.x * _COLUMN, tops[widget.y]
        right, bottom = (widget.x + widget.width) * _COLUMN, tops[widget.y + widget.height]
        _widget(chart, widget, Box(left + _INSET, top + _INSET, right - _INSET, bottom - _INSET))
    chart.y = max(tops.values()) + _INSET
    return chart


def _tops(widgets: Sequence[Widget], top: float) -> dict[int, float]:
    """Where each edge of the grid's rows is: rows of empty frames only are lower than others."""
    edges = sorted({edge for one in widgets for edge in (one.y, one.y + one.height)})
    tops = {edges[0]: top}
    for upper, lower in pairwise(edges):
        is_empty = not any(one.lines for one in widgets if one.y < lower and upper < one.y + one.height)
        top += (lower - upper) * (_EMPTY_ROW if is_empty else _ROW)
        tops[lower] = top
    return tops


def _widget(chart: Chart, widget: Widget, box: Box) -> None:
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    chart.line([*corners, corners[0]], chart.palette.line, dashes="" if widget.lines else "4 4")
    chart.text(box.left + 10, box.top + 20, widget.title, size=12, weight=600)
    if not widget.lines:
        missing = [", ".join(widget.of_aws), "made by AWS: not in a local run"]
        for number, words in enumerate(missing if widget.of_aws else ["no value in this run"]):
            chart.text(box.left + 10, box.top + 40 + 16 * number, words, chart.palette.muted, size=11)
        return
    lines = list(_coloured(widget.lines))
    bottom = _legend(chart, widget, lines, box) - 20
    right = box.right - (40 if any(line.is_right for line in lines) else 22)
    plot(chart, widget, lines, Box(box.left + 40, box.top + 36, right, bottom))


def _coloured(lines: Sequence[Line]) -> Iterator[Line]:
    """Each line with a colour; those that the body gives to one are no other's."""
    chosen = {line.colour for line in lines}
    free = cycle(colour for colour in _COLOURS if colour not in chosen)
    for line in lines:
        yield line if line.colour else line._replace(colour=next(free))


def _legend(chart: Chart, widget: Widget, lines: Sequence[Line], box: Box) -> float:
    """The names of the lines at the bottom of the box. Returns where they begin."""
    room = box.right - box.left - 20
    names = [(line.colour, line.label) if line.points else ("", f"{line.label}: none") for line in lines]
    names += [("", f"{name}: made by AWS") for name in widget.of_aws]
    rows, more = _set(names, room), 0
    while len(rows) > _LEGEND_LINES:
        more += 1
        rows = _set([*names[: len(names) - more], ("", f"and {more} more")], room)
    top = box.bottom - 8 - _LEGEND_LINE * len(rows)
    for number, row in enumerate(rows):
        y = top + _LEGEND_LINE * number
        for x, colour, name in row:
            if colour:
                chart.bar(box.left + 10 + x, y + 2, 9, 9, colour)
            mark = 14 if colour else 0
            chart.text(box.left + 10 + x + mark, y + 10, name, "" if colour else chart.palette.muted, size=11)
    return top


def _set(names: Sequence[tuple[str, str]], room: float) -> list[list[tuple[float, str, str]]]:
    """The names in rows of that width, each with its place from the left."""
    rows, x = [list[tuple[float, str, str]]()], 0.0
    for colour, name in names:
        width = len(name) * _LETTER + (14 if colour else 0)
        if x and x + width > room:
            rows.append([])
            x = 0.0
        rows[-1].append((x, colour, name))
        x += width + 14
    return rows
