"""What the security log sees of the API, through the real handlers."""

import json
import re
from importlib import import_module
from io import StringIO
from typing import Any

import jwt
import pytest
from quickcare import pseudonyms, settings
from quickcare.accounts.login import FREE_FAILURES
from quickcare.web.watched import watched

from tests import bench, faults, roles
from tests.api import Api, authorize
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, code_sent_to, log_in
from tests.practice import Practice
from tests.security import SecurityLog

IP, CONTACT = "198.51.100.66", 9123456789
LOGIN, RESET, CONFIRM = "/api/users/login/", "/api/users/password/reset/", "/api/users/password/reset/confirm/"


@pytest.fixture
def security(logs: StringIO, monkeypatch: pytest.MonkeyPatch) -> SecurityLog:
    return SecurityLog(logs, monkeypatch)


def fail(api: Api, contact: int = CONTACT, ip: str = IP) -> int:
    return api.post(LOGIN, {"contact": contact, "password": "wrong one"}, ip=ip).status


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_failed_login_names_nobody_and_can_be_followed(api: Api, security: SecurityLog) -> None:
    assert fail(api) == 401
    seen = security.last
    assert seen == {
        "event": "login",
        "outcome": "failed",
        "status": 401,
        "contact": pseudonyms.of_contact(CONTACT),
        "network": pseudonyms.of_network(IP),
        "route": "POST /api/users/login",
        "request_id": seen["request_id"],
    }
    assert re.fullmatch("[0-9a-f]{16} [0-9a-f]{16} .+", f"{seen['contact']} {seen['network']} {seen['request_id']}")
    assert seen["contact"] != seen["network"]


def test_a_login_that_has_to_wait_and_one_that_succeeds(api: Api, people: People, security: SecurityLog) -> None:
    contact = people.alice.contact
    security.forget()
    assert [fail(api, contact) for _ in range(FREE_FAILURES + 1)] == [401] * FREE_FAILURES + [429]
    assert security.last["contact"] == pseudonyms.of_contact(contact)
    assert security.events == ["login failed"] * FREE_FAILURES + ["login limited"]
    log_in(api, contact)
    assert security.events == ["login succeeded"]


def test_codes_that_are_wrong_burned_and_right(
    api: Api, people: People, security: SecurityLog, time: FakeClock
) -> None:
    contact = people.alice.contact
    time.advance(minutes=1)
    security.forget()
    assert api.post(RESET, {"contact": contact}, ip=IP).status == 200
    right = code_sent_to(contact)

    def guess(code: str, ip: str = IP) -> int:
        return api.post(CONFIRM, {"contact": contact, "otp": code, "password": PASSWORD}, ip=ip).status

    assert [guess(other_than(right)) for _ in range(6)] == [400] * 6
    assert guess(right, "198.51.100.67") == 200
    wanted = ["code_request succeeded", *["code failed"] * 5, "code burned", "code succeeded"]
    assert security.last["contact"] == pseudonyms.of_contact(contact)
    assert security.events == wanted
    # The next code is asked for too soon.
    assert api.post(RESET, {"contact": contact}, ip=IP).status == 429
    assert security.events == ["code_request limited"]


def test_rights_that_are_refused_or_hidden(api: Api, people: People, practice: Practice, security: SecurityLog) -> None:
    booked = practice.booked(people.alice)
    assert api.get(f"/api/clinics/{practice.clinic_id}/members/", token=people.alice.access).status == 403
    assert security.last["user_id"] == people.alice.id
    assert security.events[-1] == "right refused"
    assert api.get(f"/api/appointments/my/{booked}/", token=people.bob.access).status == 404
    assert security.last["route"] == "GET /api/appointments/my/{id}"
    assert security.events[-1] == "right hidden"
    # What nobody has hides nothing.
    assert api.get("/api/appointments/my/12345/", token=people.bob.access).status == 404
    assert security.events == []


def test_a_limit_of_which_no_rule_said_anything(
    api: Api, security: SecurityLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKS_PER_ADDRESS", "5")
    settings.settings.cache_clear()
    path = f"/api/users/check/?contact={CONTACT}"
    assert [api.get(path, ip=IP).status for _ in range(6)] == [200] * 5 + [429]
    assert security.last["network"] == pseudonyms.of_network(IP)
    assert security.events == ["limit limited"]


def test_a_replay_whose_right_is_lost(api: Api, people: People, practice: Practice, security: SecurityLog) -> None:
    token, again = people.charlie.access, {"Idempotency-Key": "1"}
    path, body = (
        f"/api/clinics/{practice.clinic_id}/slots/",
        {"day_of_week": 0, "start_time": "09:00", "end_time": "10:00"},
    )
    assert api.post(path, body, token=token, headers=again).status == 201
    assert security.events[-1:] != ["replay refused"]
    assert api.delete(f"/api/clinics/{practice.clinic_id}/", token=people.charlie.access).status == 200
    assert api.post(path, body, token=token, headers=again).status == 404
    assert security.events == ["replay refused"]


def test_tokens_that_are_forged_or_ended_and_none_that_expired(
    api: Api, people: People, security: SecurityLog, time: FakeClock
) -> None:
    access, refresh = people.alice.access, people.alice.refresh
    claims = jwt.decode(access, options={"verify_signature": False})
    security.forget()
    for forged in (
        jwt.encode(claims, "o" * 64, "HS256", headers={"kid": "1"}),
        jwt.encode(claims, bench.SIGNING_KEY, "HS256", headers={"kid": "2"}),
        jwt.encode(claims, "", "none", headers={"kid": "1"}),
    ):
        assert authorize(forged) is None
        assert security.events == ["token forged"]
    assert authorize(refresh) is None
    assert security.events == []
    assert api.post("/api/users/logout/", {"refresh": refresh}, token=access).status == 200
    assert authorize(access) is None
    assert (security.last["user_id"], security.last["status"]) == (people.alice.id, 401)
    assert security.events == ["token ended"]
    assert api.post("/api/users/token/refresh/", {"refresh": refresh}, ip=IP).status == 401
    assert security.last["network"] == pseudonyms.of_network(IP)
    assert security.events == ["token ended"]
    time.advance(days=30)
    assert authorize(access) is None
    assert security.events == []


def test_no_line_has_what_somebody_sent(api: Api, people: People, security: SecurityLog, time: FakeClock) -> None:
    contact, other = people.alice.contact, "198.51.100.99"
    time.advance(minutes=1)
    fail(api, contact, other)
    api.post(RESET, {"contact": contact}, ip=other)
    code = code_sent_to(contact)
    api.post(CONFIRM, {"contact": contact, "otp": other_than(code), "password": "hunter2 hunter2"}, ip=other)
    api.post(CONFIRM, {"contact": contact, "otp": code, "password": "hunter2 hunter2"}, ip=other)
    api.get(f"/api/users/patient/lookup/?contact={contact}", token=people.bob.access)
    authorize(people.alice.access + "x")
    lines = json.dumps(security.lines)
    assert len(security.lines) > 6
    for text in (
        str(contact),
        str(people.bob.contact),
        other,
        code,
        other_than(code),
        "hunter2",
        "wrong one",
        PASSWORD,
    ):
        assert text not in lines
    assert people.alice.access.rpartition(".")[2] not in lines
    assert "Alice" not in lines


def test_each_line_counts_for_its_stage(api: Api, security: SecurityLog) -> None:
    fail(api)
    (line,) = security.lines
    (declared,) = line["_aws"]["CloudWatchMetrics"]
    assert declared == {
        "Namespace": "QuickCare",
        "Dimensions": [["stage"]],
        "Metrics": [{"Name": "LoginsFailed", "Unit": "Count"}],
    }
    assert (line["stage"], line["LoginsFailed"], line["level"]) == ("dev", 1, "WARNING")


def test_without_the_key_the_event_is_seen_all_the_same(
    api: Api, security: SecurityLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faults.failing("secretsmanager", "GetSecretValue"):
        assert [fail(api), fail(api)] == [401, 401]
    assert not {"contact", "network"} & set(security.last)
    assert security.events == ["login failed"] * 2
    # Within a minute nobody asks again.
    assert fail(api) == 401
    assert "contact" not in security.last
    monkeypatch.setattr(pseudonyms, "_PAUSE", 0)
    assert fail(api) == 401
    assert security.last["contact"] == pseudonyms.of_contact(CONTACT)


def test_an_ipv6_customer_is_one_network(moto: None) -> None:
    assert pseudonyms.of_network("2001:db8:1:2::3") == pseudonyms.of_network("2001:db8:1:2:ffff::9")
    assert pseudonyms.of_network("2001:db8:1:3::3") != pseudonyms.of_network("2001:db8:1:2::3")
    assert pseudonyms.of_network("::ffff:203.0.113.7") == pseudonyms.of_network("203.0.113.7")


def test_on_the_laptop_a_refusal_is_one_short_line_and_a_success_none(
    api: Api, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(api, people.alice.contact)
    assert capsys.readouterr().err == ""
    fail(api)
    contact, network = pseudonyms.of_contact(CONTACT), pseudonyms.of_network(IP)
    assert capsys.readouterr().err == (
        f"security: event=login outcome=failed status=401 route=POST /api/users/login contact={contact} "
        f"network={network}\n"
    )


def test_every_function_behind_api_gateway_is_watched() -> None:
    for name, function in roles.resolved().resources("AWS::Serverless::Function"):
        if any(event["Type"] == "Api" for event in (function.get("Events") or {}).values()):
            handler: Any = import_module(function["Handler"].removesuffix(".handler")).handler
            layers = []
            while handler is not None:
                layers.append(handler.__code__)
                handler = getattr(handler, "__wrapped__", None)
            assert watched(lambda *_: {}).__code__ in layers, name
