"""The four consent routes: a doctor asks, the owner answers, both see where it stands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from documents import consents
from documents.schemas import ConsentRequest
from quickcare import clock
from quickcare.accounts import limits
from quickcare.db.item import Item

from tests.api import Api
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.documents.filing import (
    DOCUMENTS,
    acted,
    announce,
    asked,
    consent_of,
    dismiss,
    doctor_id,
    filed,
    granted,
    later,
    upload,
)
from tests.people import People, Person

REQUEST, MINE, DOCTOR = (f"{DOCUMENTS}consent/{name}/" for name in ("request", "mine", "doctor"))
UNKNOWN = "5f8f4b9e-0000-4000-8000-000000000000"


def listed(api: Api, who: Person, path: str) -> list[tuple[str, str]]:
    answer = api.get(path, token=who.access)
    assert answer.status == 200, answer
    return [(consent["document"], consent["status"]) for consent in answer.json]


# Asking


def test_doctor_asks_and_the_patient_is_told(api: Api, people: People) -> None:
    # GIVEN a document of Alice's
    document_id = filed(people.alice, title="HIV test")
    sms_to(people.alice.contact)
    # WHEN Dora asks for it
    body = {"document": document_id, "purpose": "Prior results", "expires_at": later(days=1)}
    answer = api.post(REQUEST, body, token=people.dora.access)
    # THEN it waits for Alice, whose SMS says nothing about her health
    assert answer.status == 201
    assert answer.json["status"] == "pending"
    assert (answer.json["document_title"], answer.json["purpose"]) == ("HIV test", "Prior results")
    assert (answer.json["doctor"], answer.json["doctor_name"]) == (doctor_id(people.dora), "Dora Iyer")
    assert (answer.json["patient"], answer.json["patient_name"]) == (people.alice.id, "Alice Rao")
    assert answer.json["expires_at"].startswith(later(days=1)[:19])
    (text,) = sms_to(people.alice.contact)
    assert "Dora Iyer" in text
    assert "HIV" not in text


def test_asking_again_replaces_the_question(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    consent_id = asked(api, people.dora, document_id, purpose="First", expires_at=later(days=1))
    sms_to(people.alice.contact)
    answer = api.post(REQUEST, {"document": document_id, "purpose": "Second"}, token=people.dora.access)
    assert (answer.status, answer.json["id"]) == (200, consent_id)
    assert (answer.json["purpose"], answer.json["expires_at"]) == ("Second", None)


@pytest.mark.parametrize(
    ("again", "messages"),
    [
        ({"purpose": "First", "expires_at": "2030-01-01T00:00:00Z"}, 0),
        ({"purpose": "Second", "expires_at": "2030-01-01T00:00:00Z"}, 1),
        ({"purpose": "First", "expires_at": "2031-01-01T00:00:00Z"}, 1),
        ({"purpose": "First"}, 1),
    ],
)
def test_patient_is_told_of_another_question(api: Api, people: People, again: dict[str, Any], messages: int) -> None:
    document_id = filed(people.alice)
    asked(api, people.dora, document_id, purpose="First", expires_at="2030-01-01T00:00:00Z")
    sms_to(people.alice.contact)
    asked(api, people.dora, document_id, **again)
    assert len(sms_to(people.alice.contact)) == messages


def test_asking_again_after_a_no(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    consent_id = asked(api, people.dora, document_id)
    acted(api, people.alice, consent_id, "rejected")
    sms_to(people.alice.contact)
    answer = api.post(REQUEST, {"document": document_id}, token=people.dora.access)
    assert (answer.status, answer.json["status"], answer.json["actioned_at"]) == (200, "pending", None)
    assert len(sms_to(people.alice.contact)) == 1


def test_asking_for_what_is_granted(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    granted(api, people.alice, people.dora, document_id)
    answer = api.post(REQUEST, {"document": document_id}, token=people.dora.access)
    assert answer.status == 409
    assert answer.json["message"]


def test_asking_again_once_it_has_expired(api: Api, people: People, time: FakeClock) -> None:
    document_id = filed(people.alice)
    consent_id = granted(api, people.alice, people.dora, document_id, expires_at=later(minutes=5))
    time.advance(minutes=5)
    answer = api.post(REQUEST, {"document": document_id, "expires_at": later(days=1)}, token=people.dora.access)
    assert (answer.status, answer.json["id"], answer.json["status"]) == (200, consent_id, "pending")


@pytest.mark.parametrize(
    "wrong",
    [
        {"document": "nonsense"},
        {"document": None},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "tomorrow"},
        {"expires_at": "2026-13-45T00:00:00Z"},
        {"expires_at": "2030-01-01"},
        {"expires_at": 1893456000},
        {"expires_at": "9999-12-31T23:59:59-12:00"},
        {"purpose": "x" * 501},
    ],
)
def test_bad_question(api: Api, people: People, wrong: dict[str, Any]) -> None:
    answer = api.post(REQUEST, {"document": filed(people.alice)} | wrong, token=people.dora.access)
    assert (answer.status, list(answer.json)) == (400, list(wrong))


def test_expiry_without_a_zone_is_local_time(api: Api, people: People) -> None:
    body = {"document": filed(people.alice), "expires_at": "2030-01-01T05:30"}
    answer = api.post(REQUEST, body, token=people.dora.access)
    assert answer.json["expires_at"] == "2030-01-01T00:00:00.000Z"


def test_asking_for_nothing(api: Api, people: People) -> None:
    assert api.post(REQUEST, {"document": UNKNOWN}, token=people.dora.access).status == 404
    document_id = filed(people.alice)
    api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    assert api.post(REQUEST, {"document": document_id}, token=people.dora.access).status == 404


def test_asking_for_a_rejected_upload(api: Api, people: People) -> None:
    document_id = announce(api, people.alice).json["id"]
    upload(document_id, b"no PDF")
    assert api.post(REQUEST, {"document": document_id}, token=people.dora.access).status == 400


@pytest.mark.parametrize("name", ["alice", "lata", "charlie"])
def test_only_doctors_ask(api: Api, people: People, name: str) -> None:
    answer = api.post(REQUEST, {"document": filed(people.alice)}, token=getattr(people, name).access)
    assert answer.status == 403


def test_removed_doctor_may_not_ask(api: Api, people: People) -> None:
    dismiss(people.dora)
    assert api.post(REQUEST, {"document": filed(people.alice)}, token=people.dora.access).status == 403


# Answering


def test_owner_grants_and_the_doctor_is_told(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    consent_id = asked(api, people.dora, document_id, expires_at=later(days=1))
    answer = acted(api, people.alice, consent_id, "granted")
    assert (answer.status, answer.json["status"]) == (200, "granted")
    assert answer.json["actioned_at"] is not None
    assert answer.json["expires_at"].startswith(later(days=1)[:19])
    (text,) = sms_to(people.dora.contact)
    assert "Alice Rao" in text


def test_owner_may_set_another_expiry(api: Api, people: People) -> None:
    consent_id = asked(api, people.dora, filed(people.alice), expires_at=later(days=9))
    answer = acted(api, people.alice, consent_id, "granted", expires_at=later(days=1))
    assert answer.json["expires_at"].startswith(later(days=1)[:19])


@pytest.mark.parametrize(
    ("before", "action", "status"),
    [
        ([], "granted", 200),
        ([], "rejected", 200),
        ([], "revoked", 400),
        (["granted"], "revoked", 200),
        (["granted"], "granted", 400),
        (["granted"], "rejected", 400),
        (["rejected"], "granted", 200),
        (["rejected"], "rejected", 400),
        (["rejected"], "revoked", 400),
        (["granted", "revoked"], "granted", 200),
        (["granted", "revoked"], "revoked", 400),
        (["granted", "revoked"], "rejected", 400),
    ],
)
def test_steps(api: Api, people: People, before: list[str], action: str, status: int) -> None:
    consent_id = asked(api, people.dora, filed(people.alice))
    for step in before:
        assert acted(api, people.alice, consent_id, step).status == 200
    assert acted(api, people.alice, consent_id, action).status == status


@pytest.mark.parametrize(("action", "status"), [("rejected", 400), ("revoked", 400)])
def test_expired_can_only_be_granted(api: Api, people: People, time: FakeClock, action: str, status: int) -> None:
    consent_id = granted(api, people.alice, people.dora, filed(people.alice), expires_at=later(minutes=5))
    time.advance(minutes=5)
    assert acted(api, people.alice, consent_id, action).status == status
    assert acted(api, people.alice, consent_id, "granted").json == {
        "expires_at": ["The expiry that was asked for has passed. Give a new one."]
    }
    assert acted(api, people.alice, consent_id, "granted", expires_at=later(minutes=5)).json["status"] == "granted"


@contextmanager
def just_before_the_next_write(act: Callable[[], object]) -> Iterator[None]:
    """Runs `act` between what a request has read and what it writes."""
    client, event = Item._get_connection().connection.client, "before-call.dynamodb"

    def once(model: Any, **_: object) -> None:
        if model.name in ("TransactWriteItems", "UpdateItem", "PutItem"):
            stop()
            act()

    def stop() -> None:
        client.meta.events.unregister(event, once)

    client.meta.events.register_first(event, once)
    yield
    stop()


@pytest.mark.parametrize(("action", "status", "stands"), [("granted", 409, "pending"), ("rejected", 200, "rejected")])
def test_answer_while_the_question_changes(api: Api, people: People, action: str, status: int, stands: str) -> None:
    # GIVEN a question that the patient has seen
    document_id = filed(people.alice)
    consent_id = asked(api, people.dora, document_id, purpose="One visit", expires_at=later(days=1))
    # WHEN the doctor asks for more between the reading and the writing of the answer
    more = ConsentRequest(document=document_id, purpose="Research", expires_at=later(days=900))
    with just_before_the_next_write(lambda: consents.request(people.dora.id, more, clock.now())):
        answer = acted(api, people.alice, consent_id, action)
    # THEN a yes is not one to that, and a no is
    consent = consent_of(document_id, doctor_id(people.dora))
    assert (answer.status, consent.status, consent.purpose) == (status, stands, "Research")


def test_answer_while_the_same_is_asked_again(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    consent_id = asked(api, people.dora, document_id, purpose="One visit")
    same = ConsentRequest(document=document_id, purpose="One visit")
    with just_before_the_next_write(lambda: consents.request(people.dora.id, same, clock.now())):
        assert acted(api, people.alice, consent_id, "granted").status == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "approve"},
        {"action": "pending"},
        {"action": "granted", "expires_at": "2020-01-01T00:00:00Z"},
        {"action": "granted", "expires_at": "soon"},
    ],
)
def test_bad_answer(api: Api, people: People, body: dict[str, Any]) -> None:
    consent_id = asked(api, people.dora, filed(people.alice))
    path = f"{DOCUMENTS}consent/{consent_id}/action/"
    assert api.patch(path, body, token=people.alice.access).status == 400


def test_answering_somebody_elses(api: Api, people: People) -> None:
    consent_id = asked(api, people.dora, filed(people.alice))
    assert acted(api, people.bob, consent_id, "granted").status == 404
    assert acted(api, people.dora, consent_id, "granted").status == 403


@pytest.mark.parametrize("consent_id", [UNKNOWN, "nonsense"])
def test_answering_nothing(api: Api, people: People, consent_id: str) -> None:
    assert acted(api, people.alice, consent_id, "granted").status == 404


def test_answering_for_a_deleted_document(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    consent_id = asked(api, people.dora, document_id)
    api.delete(f"{DOCUMENTS}{document_id}/", token=people.alice.access)
    assert acted(api, people.alice, consent_id, "granted").status == 404
    assert listed(api, people.alice, MINE) == listed(api, people.dora, DOCTOR) == []


# Lists


@pytest.mark.parametrize(("path", "name"), [(MINE, "alice"), (DOCTOR, "dora")])
def test_lists_show_where_it_stands(api: Api, people: People, time: FakeClock, path: str, name: str) -> None:
    who = getattr(people, name)
    first, second = filed(people.alice), filed(people.alice)
    granted(api, people.alice, people.dora, first, expires_at=later(minutes=5))
    time.advance(seconds=1)
    asked(api, people.dora, second)
    assert listed(api, who, path) == [(second, "pending"), (first, "granted")]
    assert listed(api, who, f"{path}?status=granted") == [(first, "granted")]
    time.advance(minutes=5)
    assert listed(api, who, f"{path}?status=expired") == [(first, "expired")]
    assert listed(api, who, f"{path}?status=granted") == []
    assert len(listed(api, who, f"{path}?status=")) == 2


def test_pending_consent_does_not_expire(api: Api, people: People, time: FakeClock) -> None:
    asked(api, people.dora, filed(people.alice), expires_at=later(minutes=5))
    time.advance(minutes=6)
    assert [status for _, status in listed(api, people.alice, MINE)] == ["pending"]


def test_lists_page(api: Api, people: People, time: FakeClock) -> None:
    made = [filed(people.alice) for _ in range(3)]
    for document_id in made:
        time.advance(seconds=1)
        asked(api, people.dora, document_id)
    answer = api.get(f"{MINE}?limit=2", token=people.alice.access)
    link = answer.headers["Link"].partition("<")[2].partition(">")[0]
    rest = api.get(link.removeprefix("https://api.example.com/test"), token=people.alice.access)
    assert [consent["document"] for consent in answer.json + rest.json] == made[::-1]
    assert "Link" not in rest.headers


@pytest.mark.parametrize(
    ("path", "name", "status"),
    [
        (MINE, "bob", 200),
        (MINE, "dora", 403),
        (MINE, "charlie", 403),
        (DOCTOR, "alice", 403),
        (DOCTOR, "lata", 403),
        (f"{MINE}?status=maybe", "alice", 400),
        (f"{DOCTOR}?status=maybe", "dora", 400),
    ],
)
def test_who_may_list(api: Api, people: People, path: str, name: str, status: int) -> None:
    assert api.get(path, token=getattr(people, name).access).status == status


def test_two_doctors_are_independent(api: Api, people: People) -> None:
    document_id = filed(people.alice)
    granted(api, people.alice, people.dora, document_id)
    from quickcare.roles import Role

    from tests.people import employ

    dev = employ(api, "Dev Mehta", 9876500009, Role.DOCTOR)
    other = asked(api, dev, document_id)
    acted(api, people.alice, other, "rejected")
    assert consent_of(document_id, doctor_id(people.dora)).status == "granted"
    assert consent_of(document_id, doctor_id(dev)).status == "rejected"


def test_questions_and_answers_are_limited_a_day(api: Api, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a doctor who asked and a patient who answered as often today as each may cause SMS
    monkeypatch.setattr(limits, "SMS", limits.SMS._replace(most=2))
    first, second, third = (filed(people.alice) for _ in range(3))
    consent_id = asked(api, people.dora, first)
    asked(api, people.dora, second)
    for action in ("granted", "revoked", "granted", "revoked"):
        assert acted(api, people.alice, consent_id, action).status == 200
    sms_to(people.dora.contact)
    # THEN the doctor goes on tomorrow; the patient's yes counts, and nobody is told
    assert api.post(REQUEST, {"document": third}, people.dora.access).status == 429
    assert acted(api, people.alice, consent_id, "granted").status == 200
    assert api.get(f"{DOCUMENTS}{first}/", token=people.dora.access).status == 200
    assert sms_to(people.dora.contact) == []
