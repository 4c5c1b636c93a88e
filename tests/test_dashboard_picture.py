"""The picture of the dashboard: each widget is drawn or named as AWS's, and what is drawn was calculated right."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bench.charts import PALETTES
from scripts.dashboard import metrics, picture
from scripts.dashboard.__main__ import NOTES, TITLE, dashboard, ringing
from scripts.dashboard.metrics import Series
from scripts.dashboard.widgets import Line, Range, Widget, calculated, evaluated

WIDGETS: list[dict[str, Any]] = dashboard()["widgets"]
DAY = 86400
NINTH = 20000 * DAY  # a midnight
SHOWN = Range(NINTH - 8 * DAY, NINTH + DAY)


def line(name: str, second: int, value: float = 1, **details: str) -> str:
    """A line as functions print it: for the stage, and for the stage with each further detail."""
    names = list(details)
    dimensions = [["stage", *names[:number]] for number in range(len(names) + 1)]
    declared = {"Namespace": "QuickCare", "Dimensions": dimensions, "Metrics": [{"Name": name, "Unit": "Count"}]}
    about = {"Timestamp": (NINTH + second) * 1000, "CloudWatchMetrics": [declared]}
    return json.dumps({"_aws": about, "stage": "local", name: value, **details})


def drawn(title: str, *printed: str) -> Widget:
    (widget,) = (one for one in WIDGETS if one["properties"]["title"] == title)
    return evaluated(widget, metrics.read("\n".join(printed)), SHOWN)


def points(widget: Widget, label: str) -> Series:
    """What a line has besides zeros, by the second of the ninth day."""
    (found,) = (one for one in widget.lines if one.label == label)
    return {begin - NINTH: value for begin, value in found.points.items() if value}


def names(widget: dict[str, Any]) -> Iterator[str]:
    yield from re.findall(r"QuickCare|AWS/\w+", json.dumps(widget["properties"].get("metrics", [])))


@pytest.mark.parametrize("palette", PALETTES.values(), ids=["light", "dark"])
def test_every_widget_is_drawn_or_said_to_be_made_by_aws(palette: Any) -> None:
    values = metrics.read(line("AppointmentBooked", 0))
    widgets = [evaluated(one, values, SHOWN) for one in WIDGETS]
    empty = {one.title for one in widgets if not one.lines and one.of_aws}
    searched = {one.title for one in widgets if not one.lines and not one.of_aws}
    assert empty == {one["properties"]["title"] for one in WIDGETS if "QuickCare" not in names(one)}
    assert searched == {"SMS by text and state, per hour", "Segments of SMS by text, per day"}
    svg = picture.drawn(widgets, TITLE, NOTES, palette).svg()
    assert [one.title for one in widgets if f">{one.title}</text>" not in svg] == []
    assert svg.count("made by AWS: not in a local run") == len(empty)


def test_a_widget_says_which_of_its_lines_are_made_by_aws() -> None:
    ages = [line("OutboxAge", second, age) for second, age in ((5, 2.5), (50, 4), (61, 3))]
    widget = drawn("Age of the oldest message (s)", *ages)
    assert (widget.of_aws, points(widget, "outbox")) == (["AWS/SQS"], {0: 4, 60: 3})


def test_values_are_added_up_for_each_period() -> None:
    booked = [line("AppointmentBooked", second) for second in (0, 1, DAY - 1, -1, -7 * DAY - 1)]
    assert points(drawn("Registrations and bookings, day by day", *booked), "bookings") == {0: 3, -DAY: 1}


def test_a_sum_of_filled_metrics_has_a_point_for_each_period() -> None:
    widget = drawn(
        "Are codes arriving?",
        line("Sms", 0, state="sent", text="one_time_code"),
        line("Sms", 299, state="sent", text="registration_code"),
        line("Sms", 300, state="sent", text="registration_code"),
        line("Sms", 300, state="sent", text="reminder"),
        line("Sms", 900, state="replaced", text="one_time_code"),
    )
    assert points(widget, "taken by the provider") == {0: 2, 300: 1}
    assert points(widget, "used or replaced before they were sent") == {900: 1}
    assert all(len(one.points) == (SHOWN.end - SHOWN.begin) / 300 for one in widget.lines if one.label != "asked for")


def test_a_search_finds_the_metrics_of_its_dimensions_alone() -> None:
    sms = [line("Sms", second, state="sent", text=text) for second, text in ((0, "a"), (3599, "b"), (3600, "b"))]
    widget = drawn("SMS by text and state, per hour", *sms, line("SmsSegments", 0, text="a"))
    assert [(one.label, points(widget, one.label)) for one in widget.lines] == [
        ("sent b", {0: 1, 3600: 1}),
        ("sent a", {0: 1}),
    ]
    assert points(drawn("What became of SMS", *sms), "sent") == {0: 1, 3300: 1, 3600: 1}


def test_alarms_that_go_off_in_the_drawn_week_are_named() -> None:
    failed = [line("SmsNotDelivered", second) for second in (0, 70)]
    for printed, expected in ((failed, ["SmsNotDeliveredAlarm"]), (failed[:1], [])):
        assert ringing(metrics.read("\n".join(printed)), Range(NINTH, NINTH + 600)) == expected


def test_spend_is_segments_times_their_price() -> None:
    widget = drawn("SMS spend, day by day", line("SmsSegments", 0, 2, text="a"), line("SmsSegments", 9, 3, text="b"))
    assert points(widget, "segments") == {0: 5}
    assert points(widget, "spend (SmsSegmentPrice)") == {0: pytest.approx(5 * 0.00278)}


def test_lines_are_found_behind_other_words_and_behind_each_other() -> None:
    printed = f"SMS to {{name}}: 12{line('Sms', 0)}{line('Sms', 1)}\n\n{{'no': 'JSON'}}\n{{\"message\": \"security\"}}"
    ((metric, measured),) = metrics.read(printed).items()
    assert (metric.name, dict(metric.dimensions)) == ("Sms", {"stage": "local"})
    assert measured == [(NINTH, 1), (NINTH + 1, 1)]


@pytest.mark.parametrize(("statistic", "value"), [("Sum", 6), ("Average", 2), ("Maximum", 3)])
def test_statistics(statistic: str, value: float) -> None:
    assert metrics.series([(60, 1), (61, 3), (119, 2)], statistic, 60) == {60: value}


def test_maths_that_no_widget_had_is_refused() -> None:
    with pytest.raises(ValueError, match=r"No widget had RATE\(a\) before"):
        calculated("RATE(a) + 1", {"a": {0: 1}}, range(2))


def test_points_without_a_neighbour_are_dots_and_names_without_room_are_counted() -> None:
    lines = [Line(f"a name of some length, number {number}", {0: 1, 60: 2, 180: 3}) for number in range(12)]
    widget = Widget("Many", 0, 0, 8, 6, lines, [], Range(0, DAY), 60, is_stacked=False)
    svg = picture.drawn([widget], TITLE, NOTES, PALETTES[""]).svg()
    assert svg.count('width="5.0" height="5"') == 12  # the points at 180 s
    shown = svg.count(">a name of some length")
    assert 0 < shown < 12
    assert f">and {12 - shown} more</text>" in svg
