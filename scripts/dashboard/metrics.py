"""What CloudWatch makes of log lines in its embedded metric format: metrics, and their statistics over periods.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean
from typing import Any, NamedTuple


class Metric(NamedTuple):
    """What CloudWatch keeps values for."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


Value = tuple[int, float]
"""When, in seconds since 1970, and how much."""
Values = dict[Metric, list[Value]]
Series = dict[int, float]
"""A statistic by the second at which its period begins."""

_STATISTICS: dict[str, Callable[[list[float]], float]] = {"Sum": sum, "Average": fmean, "Maximum": max}


def read(printed: str) -> Values:
    """Every metric in what functions printed, once for each set of dimensions that a line names."""
    values: defaultdict[Metric, list[Value]] = defaultdict(list)
    for line in _objects(printed):
        about = line.get("_aws", {"CloudWatchMetrics": []})
        for declared in about["CloudWatchMetrics"]:
            for names in declared["Dimensions"]:
                dimensions = frozenset((name, line[name]) for name in names)
                for metric in declared["Metrics"]:
                    kept = Metric(declared["Namespace"], metric["Name"], dimensions)
                    values[kept].append((about["Timestamp"] // 1000, line[metric["Name"]]))
    return dict(values)


def _objects(printed: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a text. Threads print at once, so one may stand behind other words or another object."""
    decoder = json.JSONDecoder()
    at = printed.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(printed, at)
        except json.JSONDecodeError:
            end = at + 1
        else:
            yield found
        at = printed.find("{", end)


def series(values: Sequence[Value], statistic: str, period: int) -> Series:
    """The statistic for each period of so many seconds that has a value. Raises KeyError for one that is not known."""
    calculate = _STATISTICS[statistic]
    periods: defaultdict[int, list[float]] = defaultdict(list)
    for second, value in sorted(values):
        periods[second - second % period].append(value)
    return {begin: calculate(measured) for begin, measured in periods.items()}
