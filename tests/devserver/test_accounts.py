"""QuickCare itself on the local server: a person's first minutes, and what a restart keeps."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.devserver.conftest import REPOSITORY, Server, eventually

CONTACT = 9876543210
PASSWORD = "secret123"


@pytest.fixture(scope="module")
def quickcare(tmp_path_factory: pytest.TempPathFactory) -> Any:
    server = Server(tmp_path_factory.mktemp("quickcare") / "data").ready()
    yield server.client
    server.stop()


def login(client: httpx.Client, contact: int, password: str) -> httpx.Response:
    return client.post("/api/users/login/", json={"contact": contact, "password": password})


def register(client: httpx.Client, contact: int) -> httpx.Response:
    first = {"contact": contact, "name": "Asha", "password": PASSWORD}
    assert client.post("/api/users/onboarding/patient/step1/", json=first).status_code == 200
    sms = eventually(lambda: client.get("/dev/sms", params={"to": contact}).json())[0]
    code = next(word for word in sms["body"].split() if word.isdigit() and len(word) == 6)
    return client.post("/api/users/onboarding/patient/step2/", json={"contact": contact, "otp": code})


def test_registering_with_the_code_from_the_inbox(quickcare: httpx.Client) -> None:
    answer = register(quickcare, CONTACT)
    assert answer.status_code == 201
    me = quickcare.get("/api/users/me/", headers={"Authorization": f"Bearer {answer.json()['access']}"})
    assert (me.status_code, me.json()["contact"]) == (200, CONTACT)


def test_the_inbox_takes_a_contact_with_and_without_country_code(quickcare: httpx.Client) -> None:
    register(quickcare, CONTACT + 1)
    register(quickcare, CONTACT + 2)
    messages = quickcare.get("/dev/sms", params={"to": f"+91{CONTACT + 1}"}).json()
    assert [message["to"] for message in messages] == [f"+91{CONTACT + 1}"]
    assert set(messages[0]) == {"to", "body", "sent_at", "text", "language", "segments", "price"}
    assert (messages[0]["text"], messages[0]["language"], messages[0]["segments"]) == ("registration_code", "en", 1)
    assert quickcare.get("/dev/sms").json()[0]["to"] == f"+91{CONTACT + 2}"


def test_the_master_code_works(quickcare: httpx.Client) -> None:
    contact = CONTACT + 3
    first = {"contact": contact, "name": "Asha", "password": PASSWORD}
    quickcare.post("/api/users/onboarding/patient/step1/", json=first)
    second = {"contact": contact, "otp": "888888"}
    assert quickcare.post("/api/users/onboarding/patient/step2/", json=second).status_code == 201


def test_the_superadmin_is_there(quickcare: httpx.Client) -> None:
    answer = login(quickcare, 9999999999, "admin@123")
    assert answer.json()["user"]["roles"]["name"] == "IS_SUPERADMIN"


@pytest.mark.parametrize("path", ["/dev/", "/dev", "/dev/inbox.js", "/dev/inbox.css"])
def test_the_inbox_page(quickcare: httpx.Client, path: str) -> None:
    answer = quickcare.get(path)
    assert answer.status_code == 200
    assert "://" not in answer.text


def test_the_first_page_leads_to_every_other(quickcare: httpx.Client) -> None:
    page = quickcare.get("/").text
    assert "://" not in page
    paths = re.findall(r'href="(/[^"]*/)"', page)
    assert paths == ["/api/docs/", "/admin/", "/dev/"]
    assert [quickcare.get(path, follow_redirects=True).status_code for path in paths] == [200, 200, 200]


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_apis_address_leads_to_its_documentation(quickcare: httpx.Client, path: str) -> None:
    answer = quickcare.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, "/api/docs/")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer a.b.c"}], ids=str)
def test_without_a_good_token_it_is_401_with_cors(quickcare: httpx.Client, headers: dict[str, str]) -> None:
    """Whether API Gateway turns it away (`UNAUTHORIZED`) or the authorizer does (`ACCESS_DENIED`)."""
    answer = quickcare.get("/api/users/me/", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"message": "Authentication credentials were not provided or are not valid."}
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_accounts_and_sessions_survive_a_restart(start: Callable[..., Server], tmp_path: Path) -> None:
    server = start(root=REPOSITORY).ready()
    access = register(server.client, CONTACT).json()["access"]
    assert server.stop() == 0
    server = start(root=REPOSITORY).ready()
    me = server.client.get("/api/users/me/", headers={"Authorization": f"Bearer {access}"})
    assert me.status_code == 200
    assert login(server.client, CONTACT, PASSWORD).status_code == 200
    assert server.client.get("/dev/sms").json()[0]["to"] == f"+91{CONTACT}"
