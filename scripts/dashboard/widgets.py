"""The widgets of a dashboard's body, evaluated over metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scripts.dashboard.metrics import Metric, Series, Values, series

OURS = "QuickCare"
_DAY = 86400
_SEARCH = re.compile(
    r"""SEARCH\('\{(?P<namespace>\w+),(?P<dimensions>[\w,]+)\} MetricName="(?P<name>\w+)" """
    r"""(?P<dimension>\w+)="(?P<value>\w+)"', '(?P<statistic>\w+)', (?P<period>\d+)\)"""
)


class Range(NamedTuple):
    """From when to when, in seconds since 1970; it begins where a period of every widget does."""

    begin: int
    end: int


class Line(NamedTuple):
    """What is drawn for one metric, expression, or find of a search. `colour` is empty where the body chooses none."""

    label: str
    points: Series
    colour: str = ""
    is_right: bool = False


@dataclass(frozen=True)
class Widget:
    """A widget with its place on the grid, its lines, and the names of what only AWS could put there."""

    title: str
    x: int
    y: int
    width: int
    height: int
    lines: Sequence[Line]
    of_aws: Sequence[str]
    shown: Range
    period: int
    is_stacked: bool


def evaluated(widget: Mapping[str, Any], values: Values, shown: Range) -> Widget:
    """The widget over these values. Raises ValueError or KeyError for a body with what is not known here."""
    properties = widget["properties"]
    period = properties.get("period", _DAY)
    if days := re.fullmatch(r"-P(\d+)D", properties.get("start", "")):
        begin = shown.end - int(days[1]) * _DAY
        shown = Range(begin - begin % period, shown.end)
    return Widget(
        properties["title"],
        **{name: widget[name] for name in ("x", "y", "width", "height")},
        lines=list(_lines(properties, values, shown)),
        of_aws=_of_aws(properties),
        shown=shown,
        period=period,
        is_stacked=properties.get("stacked", False),
    )


def _of_aws(properties: Mapping[str, Any]) -> list[str]:
    if "query" in properties:
        return ["CloudWatch Logs Insights"]
    return sorted({words[0] for words, _ in _rows(properties["metrics"]) if words and words[0] != OURS})


def _lines(properties: Mapping[str, Any], values: Values, shown: Range) -> Iterator[Line]:
    known = dict[str, Series]()
    for words, options in _rows(properties.get("metrics", [])):
        if words and words[0] != OURS:
            continue
        if search := _SEARCH.fullmatch(options.get("expression", "")):
            yield from _searched(search, values, shown)
            continue
        period = properties["period"]
        if words:
            metric = Metric(words[0], words[1], frozenset(zip(words[2::2], words[3::2], strict=True)))
            points = _within(shown, series(values.get(metric, []), options.get("stat", properties["stat"]), period))
        else:
            points = calculated(options["expression"], known, range(shown.begin, shown.end, period))
        known[options.get("id", "")] = points
        if options.get("visible", True):
            yield Line(options["label"], points, options.get("color", ""), options.get("yAxis") == "right")


def _rows(metrics: Sequence[Sequence[Any]]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Namespace, name and dimensions of each row, written out, and its options; an expression has no words.

    `.` is the word that stands above it, `...` all words from the left that the row leaves out.
    """
    above = list[str]()
    for row in metrics:
        *words, options = row if isinstance(row[-1], dict) else [*row, {}]
        if words and words[0] == "...":
            words = above[: len(above) - len(words) + 1] + words[1:]
        words = [above[at] if word == "." else word for at, word in enumerate(words)]
        above = words or above
        yield words, options


def _searched(search: re.Match[str], values: Values, shown: Range) -> list[Line]:
    """A line for each metric that a search finds, the largest first, named by the dimensions it did not ask for."""
    names = search["dimensions"].split(",")
    lines = []
    for metric, measured in values.items():
        dimensions = dict(metric.dimensions)
        asked = (search["namespace"], search["name"], search["value"])
        if dimensions.keys() == set(names) and (*metric[:2], dimensions[search["dimension"]]) == asked:
            points = _within(shown, series(measured, search["statistic"], int(search["period"])))
            lines.append(Line(" ".join(dimensions[name] for name in names if name != search["dimension"]), points))
    return sorted(filter(lambda line: line.points, lines), key=lambda line: (-sum(line.points.values()), line.label))


def _within(shown: Range, points: Series) -> Series:
    return {begin: value for begin, value in points.items() if shown.begin <= begin <= shown.end}


def calculated(expression: str, known: Mapping[str, Series], periods: range) -> Series:
    """The series of an expression of metric math. Raises ValueError for maths that no widget has needed yet."""
    found = _calculated(ast.parse(expression, mode="eval").body, known, periods)
    return found if isinstance(found, dict) else dict.fromkeys(periods, found)


def _calculated(node: ast.expr, known: Mapping[str, Series], periods: range) -> Series | float:
    def of(part: ast.expr) -> Series | float:
        return _calculated(part, known, periods)

    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return known[name]
        case ast.Call(func=ast.Name(id="FILL"), args=[ast.Name(id=name), ast.Constant(value=int() as filling)]):
            return {begin: known[name].get(begin, filling) for begin in periods}
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _each(operator.add, of(left), of(right))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _each(operator.mul, of(left), of(right))
    raise ValueError(f"No widget had {ast.unparse(node)} before: scripts/dashboard/widgets.py cannot calculate it.")


def _each(calculate: Callable[[float, float], float], left: Series | float, right: Series | float) -> Series | float:
    """Point by point where both have one; a number stands for every point of the other."""
    if isinstance(left, dict):
        beside = right if isinstance(right, dict) else dict.fromkeys(left, right)
        return {begin: calculate(value, beside[begin]) for begin, value in left.items() if begin in beside}
    return _each(calculate, right, left) if isinstance(right, dict) else calculate(left, right)
