"""Powertools finds out once what is the same for all requests, and makes the headers of a request into dicts once."""

from collections import Counter
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.api_gateway_proxy_event import APIGatewayProxyEvent
from quickcare.web import resolver

from tests.api import Answer, Api
from tests.people import People


def asked(api: Api, people: People) -> Answer:
    return api.get("/api/users/me/", people.alice.access, headers={"Origin": "https://app.example"})


def test_a_second_request_finds_out_nothing_anew(api: Api, people: People) -> None:
    asked(api, people)
    cached = [getattr(module, name) for module, names in resolver.SAME.items() for name in names]
    before = [one.cache_info() for one in cached]
    assert asked(api, people).status == 200
    after = [one.cache_info() for one in cached]
    assert [one.misses for one in after] == [one.misses for one in before]
    assert sum(one.hits for one in after) > sum(one.hits for one in before)


def test_what_is_kept_has_an_end(api: Api, people: People) -> None:
    asked(api, people)
    kept = [getattr(module, name).cache_info() for module, names in resolver.SAME.items() for name in names]
    assert all(one.maxsize for one in kept)


def test_the_headers_of_a_request_are_made_into_dicts_once(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Counter[str]()

    def counted(name: str, make: Any) -> property:
        def noting(event: APIGatewayProxyEvent) -> Any:
            made[name] += 1
            return make(event)

        return property(noting)

    for name in ("headers", "multi_value_headers"):
        monkeypatch.setattr(APIGatewayProxyEvent, name, counted(name, getattr(APIGatewayProxyEvent, name).fget))
    assert asked(api, people).headers["Access-Control-Allow-Origin"]
    assert made == {"headers": 1, "multi_value_headers": 1}
