"""Whether an alarm of template.yaml goes off over metrics, as CloudWatch evaluates it: each minute, over a window that
slides.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from scripts.dashboard.metrics import Metric, Value, Values
from scripts.dashboard.widgets import Range

_MINUTE = 60
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
}
_STATISTICS: Mapping[str, Callable[[list[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Average": fmean,
    "p99": lambda values: sorted(values)[math.ceil(len(values) * 0.99) - 1],
}
_FILLED = re.compile(r"FILL\((\w+), (\d+)\)")


def metrics_of(alarm: Mapping[str, Any]) -> list[Metric]:
    """The metrics that an alarm, whose references are resolved, looks at."""
    return [_metric(one) for one, _, _ in _measured(alarm).values()]


def goes_off(alarm: Mapping[str, Any], values: Values, during: Range) -> list[int]:
    """The seconds since 1970, whole minutes, at which the alarm is on. Raises KeyError for what no alarm had before."""
    minutes = range(during.begin + _MINUTE, during.end + 1, _MINUTE)
    return [minute for minute in minutes if _is_on(alarm, values, minute)]


def _is_on(alarm: Mapping[str, Any], values: Values, now: int) -> bool:
    windows = int(alarm["EvaluationPeriods"])
    breaching = sum(_breaches(alarm, values, now, back) for back in range(windows))
    return breaching >= int(alarm.get("DatapointsToAlarm", windows))


def _breaches(alarm: Mapping[str, Any], values: Values, now: int, back: int) -> bool:
    points = dict[str, float]()
    for name, (metric, statistic, period) in _measured(alarm).items():
        end = now - back * period
        found = [value for _, value in _within(values.get(_metric(metric), ()), Range(end - period, end))]
        if found:
            points[name] = _STATISTICS[statistic](found)
    point = _calculated(alarm, points)
    if point is None:
        return str(alarm["TreatMissingData"]) == "breaching"
    return _COMPARISONS[alarm["ComparisonOperator"]](point, float(alarm["Threshold"]))


def _measured(alarm: Mapping[str, Any]) -> dict[str, tuple[Mapping[str, Any], str, int]]:
    """Metric, statistic and period by id; the only one of a simple alarm has an empty id."""
    if "Metrics" not in alarm:
        return {"": (alarm, alarm.get("Statistic") or alarm["ExtendedStatistic"], alarm["Period"])}
    stats = {one["Id"]: one["MetricStat"] for one in alarm["Metrics"] if "MetricStat" in one}
    return {name: (stat["Metric"], stat["Stat"], stat["Period"]) for name, stat in stats.items()}


def _metric(named: Mapping[str, Any]) -> Metric:
    dimensions = frozenset((one["Name"], str(one["Value"])) for one in named["Dimensions"])
    return Metric(named["Namespace"], named["MetricName"], dimensions)


def _within(measured: Sequence[Value], window: Range) -> Iterator[Value]:
    return (one for one in measured if window.begin <= one[0] < window.end)


def _calculated(alarm: Mapping[str, Any], points: Mapping[str, float]) -> float | None:
    """The value that is compared; None where there is none, because a metric that is not filled up is missing."""
    if "Metrics" not in alarm:
        return points.get("")
    (expression,) = (one["Expression"] for one in alarm["Metrics"] if "Expression" in one)
    filled = _FILLED.sub(lambda found: str(points.get(found[1], found[2])), expression)
    words = {"IF": lambda condition, yes, no: yes if condition else no, **points}
    try:
        found: float = eval(filled.replace(" AND ", " and "), {"__builtins__": {}}, words)  # noqa: S307 - our template
    except NameError:
        return None
    return found
