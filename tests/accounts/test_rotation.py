"""Keys rotate while many processes issue and use tokens, and a key can be revoked (docs/operations.md: Secrets)."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import jwt
import pytest
from quickcare import aws, pseudonyms
from quickcare.accounts import tokens
from quickcare.accounts.tokens import KeyRing, TokenType

from tests.api import Api, authorize
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, Person, log_in

PROCESSES, STEP, GATEWAY_CACHE = 6, 20, 60  # seconds
CONTACT = 9876500090


class Monotonic:
    """The time of the processes' caches, which moves with the clock of the test."""

    def __init__(self, time: FakeClock) -> None:
        self._time, self._began = time, time.now

    def monotonic(self) -> float:
        return 1_000_000 + (self._time.now - self._began).total_seconds()


class OwnCache(threading.local):
    """A dict that each thread has one of, as each Lambda process has its own."""

    def __init__(self) -> None:
        self.known: dict[Any, Any] = {}

    def get(self, key: Any, default: Any = None) -> Any:
        return self.known.get(key, default)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.known[key] = value

    def clear(self) -> None:
        self.known.clear()


@dataclass
class Gateway:
    """API Gateway's cache: an answer of the authorizer for each token, for a minute. It keeps no 401."""

    now: Callable[[], float]
    kept: dict[str, float] = field(default_factory=dict)

    def allows(self, token: str) -> bool:
        if self.now() - self.kept.get(token, float("-inf")) < GATEWAY_CACHE:
            return True
        allowed = authorize(token) is not None
        if allowed:
            self.kept[token] = self.now()
        return allowed


@pytest.fixture
def caches(monkeypatch: pytest.MonkeyPatch, time: FakeClock) -> Monotonic:
    """A cache of secrets for each thread, on the clock of the test."""
    moving = Monotonic(time)
    monkeypatch.setattr(aws, "_secrets", OwnCache())
    monkeypatch.setattr(tokens, "_reloaded_at", OwnCache())
    for module in (aws, tokens):
        monkeypatch.setattr(module, "time", moving)
    return moving


def minutes_of_load(
    api: Api, person: Person, time: FakeClock, seconds: int, between: Callable[[int], None]
) -> tuple[list[str], int]:
    """Let every process log in, refresh and use tokens of all others while time goes by; the failures, and how many
    requests there were. `between` is called with the second at each step, while the processes stand."""
    failures, requests = list[str](), [0] * PROCESSES
    issued = [log_in(api, person.contact)]
    barrier = threading.Barrier(PROCESSES + 1)

    def process(number: int) -> None:
        random, gateway = Random(number), Gateway(lambda: time.now.timestamp())  # noqa: S311 - no secret
        for _ in range(seconds // STEP):
            barrier.wait()
            if random.random() < 0.1:
                login = api.post("/api/users/login/", {"contact": person.contact, "password": PASSWORD})
                issued.append(login.json) if login.status == 200 else failures.append(f"login {login.status}")
                requests[number] += 1
            chosen = random.choice([*issued])
            if not gateway.allows(chosen["access"]):
                failures.append("401 with an access token")
            fresh = api.post("/api/users/token/refresh/", {"refresh": chosen["refresh"]})
            if fresh.status != 200:
                failures.append(f"refresh {fresh.status}")
            elif random.random() < 0.3:
                issued.append({**chosen, "access": fresh.json["access"]})
            requests[number] += 2
            barrier.wait()

    threads = [threading.Thread(target=process, args=(number,), daemon=True) for number in range(PROCESSES)]
    for thread in threads:
        thread.start()
    for second in range(0, seconds, STEP):
        barrier.wait(120)
        barrier.wait(120)
        time.advance(seconds=STEP)
        between(second)
    for thread in threads:
        thread.join(120)
    return failures, sum(requests)


def test_no_request_fails_while_keys_rotate(api: Api, people: People, time: FakeClock, caches: Monotonic) -> None:
    # GIVEN six processes with caches of their own, which log in, refresh and use each other's tokens
    rotations = []

    def rotate(second: int) -> None:
        # Also faster than a new key begins to sign.
        if second in (60, 200, 700, 760, 1100):
            rotations.append(tokens.rotate(KeyRing.TOKENS, time.now))

    # WHEN the keys rotate five times in half an hour
    failures, requests = minutes_of_load(api, people.alice, time, 1800, rotate)
    # THEN no request has failed, and the newest key that every process knows signs
    assert failures == []
    assert requests > 1000
    signed = tokens.sign(TokenType.ACCESS, now=time.now, lifetime=timedelta(minutes=1))
    assert jwt.get_unverified_header(signed)["kid"] == rotations[-1]


def test_a_revoked_key_buys_nothing_after_six_minutes(
    api: Api, people: People, time: FakeClock, caches: Monotonic
) -> None:
    # GIVEN a session whose tokens the first key signed, an answer about it in API Gateway's cache, and a new key
    stolen, gateway = log_in(api, people.alice.contact), Gateway(lambda: time.now.timestamp())
    tokens.rotate(KeyRing.TOKENS, time.now)
    time.advance(minutes=11)
    going_on = log_in(api, people.alice.contact)
    assert gateway.allows(stolen["access"])
    # WHEN the first key is revoked, and every cache has run out
    tokens.revoke(KeyRing.TOKENS, "1", time.now)
    time.advance(seconds=aws.SECRET_SECONDS)
    assert gateway.allows(stolen["access"]) is False
    # THEN what it signed is refused, and the session that began under the other key goes on
    assert api.post("/api/users/token/refresh/", {"refresh": stolen["refresh"]}).status == 401
    assert api.post("/api/users/token/refresh/", {"refresh": going_on["refresh"]}).status == 200
    assert api.get("/api/users/me/", log_in(api, people.alice.contact)["access"]).status == 200


def test_after_all_keys_were_revoked_everybody_logs_in_once(
    api: Api, people: People, time: FakeClock, caches: Monotonic
) -> None:
    before = log_in(api, people.alice.contact)
    kid = tokens.revoke(KeyRing.TOKENS, None, time.now)
    # GIVEN a process that does not know it yet and signs with the old key, and one that has read the new one
    too_early = log_in(api, people.alice.contact)
    aws.secret("signing-keys", fresh=True)
    assert authorize(too_early["access"]) is None
    after = log_in(api, people.alice.contact)
    assert jwt.get_unverified_header(after["access"])["kid"] == kid
    assert authorize(after["access"])
    assert authorize(before["access"]) is None
    assert api.post("/api/users/token/refresh/", {"refresh": before["refresh"]}).status == 401


def test_a_key_that_is_left_signs_until_all_processes_know_the_new_one(moto: None, time: FakeClock) -> None:
    second = tokens.rotate(KeyRing.PANEL, time.now)
    time.advance(minutes=11)
    assert tokens.kids(KeyRing.PANEL, time.now) == (["1", second], second)
    third = tokens.revoke(KeyRing.PANEL, second, time.now)
    assert tokens.kids(KeyRing.PANEL, time.now) == (["1", third], "1")
    time.advance(minutes=11)
    assert tokens.kids(KeyRing.PANEL, time.now)[1] == third
    with pytest.raises(KeyError):
        tokens.revoke(KeyRing.PANEL, "no such key", time.now)
    assert tokens.kids(KeyRing.PANEL, time.now)[1] == third


@pytest.fixture
def other_operator(moto: None) -> Iterator[list[Callable[[], object]]]:
    """What another operator does right after the next secret was read to be changed."""
    does = list[Callable[[], object]]()
    events = aws.client("secretsmanager").meta.events

    def after_a_read(**_: object) -> None:
        if does:
            does.pop()()

    events.register("after-call.secrets-manager.GetSecretValue", after_a_read)
    yield does
    events.unregister("after-call.secrets-manager.GetSecretValue", after_a_read)


def test_a_key_stays_revoked_when_another_operator_rotates_at_the_same_time(
    time: FakeClock, other_operator: list[Callable[[], object]]
) -> None:
    # GIVEN an operator who has read the keys to add one, when another one revokes the first
    revoked = time.now
    time.advance(seconds=1)
    other_operator.append(lambda: tokens.revoke(KeyRing.TOKENS, "1", revoked))
    rotated = tokens.rotate(KeyRing.TOKENS, time.now)
    # THEN the keys of both are there, and the revoked one is not
    assert other_operator == []
    kids, _ = tokens.kids(KeyRing.TOKENS, time.now)
    assert kids == [tokens._kid(revoked), rotated]


def test_no_key_of_pseudonyms_is_forgotten_when_two_operators_rotate_it(
    time: FakeClock, other_operator: list[Callable[[], object]]
) -> None:
    first = time.now
    time.advance(seconds=1)
    other_operator.append(lambda: pseudonyms.rotate(first))
    pseudonyms.rotate(time.now)
    known = pseudonyms.ever_of(pseudonyms.text_of_contact(CONTACT))
    assert [since for since, _ in known] == ["2026-03-01T06:00:01Z", "2026-03-01T06:00:00Z", ""]
    assert len({name for _, name in known}) == 3


def test_a_new_log_key_costs_no_line_its_pseudonym(
    moto: None, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving = Monotonic(time)
    for module in (aws, pseudonyms):
        monkeypatch.setattr(module, "time", moving)
    first = pseudonyms.of_contact(CONTACT)
    pseudonyms.rotate(time.now)
    seen = []
    for _ in range(40):
        seen.append(pseudonyms.of_contact(CONTACT))
        time.advance(seconds=STEP)
        pseudonyms._reader.submit(int).result()  # what is read beside the requests has been read
    # THEN every line has one, the old one for five minutes and then the new one
    assert None not in seen
    assert list(dict.fromkeys(seen)) == [first, pseudonyms.of_contact(CONTACT)]
    assert seen.index(pseudonyms.of_contact(CONTACT)) <= aws.SECRET_SECONDS / STEP + 1
    # AND an operator learns both
    known = pseudonyms.ever_of(pseudonyms.text_of_contact(CONTACT))
    assert known == [("2026-03-01T06:00:00Z", pseudonyms.of_contact(CONTACT)), ("", first)]
