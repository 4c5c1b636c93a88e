"""By which names the local server may be called: a page that lets its own name mean this machine reads nothing."""

import asyncio
import json
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from devserver.hosts import OwnNamesOnly


async def _hello(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def ask(*hosts: str, more: str = "", reached_at: str = "127.0.0.1") -> tuple[int, bytes]:
    """What the server answers to a request with these `Host` headers."""
    sent: list[dict[str, Any]] = []
    headers = [(b"host", host.encode()) for host in hosts]
    scope = {"type": "http", "headers": headers, "server": (reached_at, 8000)}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    # In a thread of its own: tests of pages leave a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, OwnNamesOnly(_hello, more)(scope, receive, send)).result()
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "localhost.:8000",
        "quickcare.localhost:8000",
        "127.0.0.1",
        "127.0.0.1:8000",
        "[::1]:8000",
        "[::1]",
        "192.168.1.20:8000",
        "10.0.2.2:8000",
        "[fe80::1]:8000",
        f"{socket.gethostname()}:8000",
        f"{socket.gethostname().partition('.')[0]}.local:8000",
    ],
)
def test_names_of_this_machine_and_private_addresses_are_answered(host: str) -> None:
    assert ask(host) == (200, b"hello")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8000",
        "192.168.1.20.nip.io",
        "evillocalhost",
        "8.8.8.8",
        "[2001:4860:4860::8888]:8000",
        "",
        "@localhost",
    ],
)
def test_any_other_name_is_refused(host: str) -> None:
    status, body = ask(host)
    assert status == 421
    assert "does not answer to the name" in json.loads(body)["message"]


def test_the_refusal_names_the_fix() -> None:
    _, body = ask("tunnel.example:8000")
    assert "put ALLOWED_HOSTS=tunnel.example into .env, or before `make run`" in json.loads(body)["message"]


def test_no_host_and_two_are_refused() -> None:
    assert ask()[0] == ask("localhost", "evil.example")[0] == 421


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("tunnel.example", 200),
        ("Tunnel.Example:443", 200),
        ("a.below.example", 200),
        ("below.example", 421),
        ("xtunnel.example", 421),
        ("a.tunnel.example", 421),
    ],
)
def test_others_can_be_added(host: str, status: int) -> None:
    assert ask(host, more=" tunnel.example, .below.example,")[0] == status


def test_a_public_address_of_this_machine_is_answered_where_it_was_reached() -> None:
    assert ask("203.0.114.9:8000", reached_at="203.0.114.9")[0] == 200
    assert ask("203.0.114.9:8000", reached_at="203.0.114.10")[0] == 421
