"""Reads that are torn: something happens between two items that are read together, and are not one moment."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from quickcare.db import table, wire

from tests.acting import acting_as


class Tear:
    """`tear(act, after="SESSION#")` does something once: after the next read of what has this in its key.

    All that is read beside it is read later: the other keys of a batch, and what a parallel read names before it. Of a
    query only the first item is read before `act`, as when an answer has several pages.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._waiting: list[tuple[Callable[[], object], tuple[str, ...]]] = []
        self._calls, self._parallel = wire.Client.make_api_calls, table.parallel
        monkeypatch.setattr(wire.Client, "make_api_calls", lambda client, *calls: self._together(client, *calls))
        monkeypatch.setattr(table, "parallel", self._both)

    def __call__(self, act: Callable[[], object], *, after: str | tuple[str, ...]) -> None:
        self._waiting = [(act, (after,) if isinstance(after, str) else after)]

    @property
    def is_done(self) -> bool:
        return not self._waiting

    def _both(self, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
        if self.is_done:
            return self._parallel(first, second)
        found = second()
        return first(), found

    def _together(self, client: wire.Client, operation: str, requests: Sequence[dict[str, Any]]) -> list[Any]:
        if self.is_done:
            return self._calls(client, operation, requests)
        in_turn = sorted(range(len(requests)), key=lambda number: not self._is_asked_for(requests[number]))
        answers = {number: self._read(client, operation, requests[number]) for number in in_turn}
        return [answers[number] for number in range(len(requests))]

    def _call(self, client: wire.Client, operation: str, request: dict[str, Any]) -> Any:
        (answer,) = self._calls(client, operation, [request])
        return answer

    def _read(self, client: wire.Client, operation: str, request: dict[str, Any]) -> Any:
        if self.is_done or not self._is_asked_for(request):
            return self._call(client, operation, request)
        if operation not in ("BatchGetItem", "GetItem", "Query"):
            return self._call(client, operation, request)
        if operation != "BatchGetItem":
            answer = self._call(client, operation, request | ({"Limit": 1} if operation == "Query" else {}))
            self._act()
            return answer
        ((name, asked),) = request["RequestItems"].items()
        before = [key for key in asked["Keys"] if self._is_asked_for(key)]
        later = [key for key in asked["Keys"] if key not in before]
        answer = self._call(client, operation, {**request, "RequestItems": {name: {**asked, "Keys": before}}})
        self._act()
        if later:
            more = self._call(client, operation, {**request, "RequestItems": {name: {**asked, "Keys": later}}})
            answer["Responses"][name] += more["Responses"][name]
        return answer

    def _is_asked_for(self, request: dict[str, Any]) -> bool:
        ((_, after),) = self._waiting
        return any(f'"{begins}' in json.dumps(request) for begins in after)

    def _act(self) -> None:
        ((act, _),) = self._waiting
        self._waiting = []
        with acting_as(""):  # others do it
            act()
