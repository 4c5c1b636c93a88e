"""Queries of CloudWatch Logs Insights over lines of JSON: the commands and functions that ours use, and no others.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Row = dict[str, Any]
_WORD = re.compile(r"""'[^']*'|"[^"]*"|ispresent\(([\w.@]+)\)|>=|!=|=|and\b|or\b|\d+\b|([\w.@]+)""")
_SUBQUERY = re.compile(r"(\w+) in \((.+)\)")
_AGGREGATE = re.compile(r"(\w+)\(([\w.@*]+)(?:, *(\d+))?\)(?: as (\w+))?")


class QueryError(Exception):
    """CloudWatch would refuse the query, or ours never had this before."""


class _Nothing:
    """What a line does not have: no comparison with it is true."""

    def __eq__(self, _: object) -> bool:
        return False

    def __ne__(self, _: object) -> bool:
        return True

    def __ge__(self, _: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]  # it is equal to nothing


def run(query: str, logs: Mapping[str, Iterable[str]]) -> list[Row]:
    """The answer to a query over log groups: of all of them, unless it names its sources.

    Each line is later than the one before it in its group.
    """
    # What is in quotes or in a subquery's parentheses parts no commands.
    commands = [one.strip() for one in re.split(r"\|(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)(?![^()]*\))", query)]
    sources = [one.removeprefix("SOURCE").strip(" '") for one in commands if one.startswith("SOURCE")]
    rows = [
        {"@timestamp": number, "@log": group, **_flat(json.loads(line))}
        for group in sources or logs
        for number, line in enumerate(logs.get(group, ()))
    ]
    for command in commands[len(sources) :]:
        name, _, rest = command.partition(" ")
        if name not in _COMMANDS:
            raise QueryError(f"{name} is no command that ours had before")
        if subquery := _SUBQUERY.fullmatch(rest.strip()):
            wanted = {row["shown"].get(subquery[1]) for row in run(subquery[2], logs)} - {None}
            rows = [row for row in rows if row.get(subquery[1]) in wanted]
            continue
        rows = _COMMANDS[name](rows, rest.strip())
    return rows


def _flat(found: Mapping[str, Any], before: str = "") -> Row:
    """Fields of objects in objects, as `record.metrics.durationMs`."""
    flat: Row = {}
    for name, value in found.items():
        flat |= _flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return {name: value for name, value in flat.items() if value is not None}


def _fields(rows: list[Row], rest: str) -> list[Row]:
    names = [name.strip().partition(" as ") for name in rest.split(",")]
    if wrong := [name for name, _, alias in names if not re.fullmatch(r"[\w.@]+", name + alias)]:
        raise QueryError(f"{wrong} are no fields")
    # A later command may still ask for another field; what is shown are these.
    return [{**row, "shown": {alias or name: row[name] for name, _, alias in names if name in row}} for row in rows]


def _filter(rows: list[Row], rest: str) -> list[Row]:
    if left := _WORD.sub("", rest).strip(" ()"):
        raise QueryError(f"{left!r} of {rest!r} is not known")
    try:
        condition = compile(_WORD.sub(_python, rest), "filter", "eval")
    except SyntaxError:
        raise QueryError(f"{rest!r} is not known") from None
    return [row for row in rows if eval(condition, {"__builtins__": {}}, {"row": row, "nothing": _Nothing()})]  # noqa: S307 - our documents


def _python(word: re.Match[str]) -> str:
    if word[1]:
        return f"({word[1]!r} in row)"
    if word[2]:
        return f"row.get({word[2]!r}, nothing)"
    return "==" if word[0] == "=" else word[0]


def _stats(rows: list[Row], rest: str) -> list[Row]:
    aggregates, _, by = rest.partition(" by ")
    names = [name.strip() for name in by.split(",")] if by else []
    wanted = _AGGREGATE.findall(aggregates)
    if re.sub(r"[, ]", "", _AGGREGATE.sub("", aggregates)) or not _AGGREGATES.keys() >= {kind for kind, *_ in wanted}:
        raise QueryError(f"{aggregates!r} is not known")
    groups = defaultdict[tuple[Any, ...], list[Row]](list)
    for row in rows:
        groups[tuple(row.get(name) for name in names)].append(row)
    return [
        {
            **{name: value for name, value in zip(names, key, strict=True) if value is not None},
            **{
                name or f"{kind}({of})": _AGGREGATES[kind](_values(found, of), number)
                for kind, of, number, name in wanted
            },
        }
        for key, found in groups.items()
    ]


def _values(rows: list[Row], name: str) -> list[Any]:
    if name == "*":
        return list(rows)
    return [row[name] for row in sorted(rows, key=lambda row: int(row["@timestamp"])) if name in row]


_AGGREGATES: Mapping[str, Callable[[list[Any], str], Any]] = {
    "count": lambda values, _: len(values),
    "count_distinct": lambda values, _: len(set(values)),
    "latest": lambda values, _: values[-1] if values else None,
    "max": lambda values, _: max(values, default=None),
    "pct": lambda values, percent: sorted(values)[-(-len(values) * int(percent) // 100) - 1],
}


def _sort(rows: list[Row], rest: str) -> list[Row]:
    name, _, direction = rest.partition(" ")
    return sorted(rows, key=lambda row: row[name], reverse=direction == "desc")


_COMMANDS: Mapping[str, Callable[[list[Row], str], list[Row]]] = {
    "fields": _fields,
    "filter": _filter,
    "stats": _stats,
    "sort": _sort,
    "limit": lambda rows, rest: rows[: int(rest)],
}
