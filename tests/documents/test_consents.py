"""The four routes of consents: a doctor asks, the owner answers, and both see the status."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from documents import consent_requests
from documents.schemas.consents import ConsentRequest
from quickcare import clock
from quickcare.accounts import limits
from quickcare.db import table
from quickcare.db.items import Consent
from quickcare.db.operations import Update
from quickcare.errors import about_fields
from quickcare.roles import Role

from tests.api import Api
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.documents.filing import (
    DOCUMENTS,
    UNKNOWN,
    Filing,
    consent_of,
    dismiss,
    doctor_id_of,
    from_now,
    next_page,
    upload,
)
from tests.documents.meanwhile import before_each_write, before_the_next_write
from tests.people import People, Person, employ

MINE, DOCTOR = (f"{DOCUMENTS}consent/{name}/" for name in ("mine", "doctor"))


def statuses_in(api: Api, path: str, who: Person) -> list[tuple[str, str]]:
    """The document and the status of each consent in a list."""
    answer = api.get(path, token=who.access)
    assert answer.status == 200, answer
    return [(consent["document"], consent["status"]) for consent in answer.json]


# Asking


def test_a_doctor_asks_and_the_patient_gets_an_sms(filing: Filing, people: People) -> None:
    # GIVEN a document of Alice's
    document_id = filing.document_of(people.alice, title="HIV test")
    sms_to(people.alice.contact)
    # WHEN Dora asks for it
    answer = filing.ask(people.dora, document_id, purpose="Prior results", expires_at=from_now(days=1))
    # THEN it waits for Alice, whose SMS says nothing about her health
    assert answer.status == 201
    assert answer.json["status"] == "pending"
    assert (answer.json["document_title"], answer.json["purpose"]) == ("HIV test", "Prior results")
    assert (answer.json["doctor"], answer.json["doctor_name"]) == (doctor_id_of(people.dora), "Dora Iyer")
    assert (answer.json["patient"], answer.json["patient_name"]) == (people.alice.id, "Alice Rao")
    assert answer.json["expires_at"].startswith(from_now(days=1)[:19])
    (text,) = sms_to(people.alice.contact)
    assert "Dora Iyer" in text
    assert "HIV" not in text


def test_asking_again_replaces_purpose_and_expiry(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.consent_for(people.dora, document_id, purpose="First", expires_at=from_now(days=1))
    sms_to(people.alice.contact)
    answer = filing.ask(people.dora, document_id, purpose="Second")
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
def test_the_patient_gets_another_sms_only_when_purpose_or_expiry_change(
    filing: Filing, people: People, again: dict[str, Any], messages: int
) -> None:
    document_id = filing.document_of(people.alice)
    filing.consent_for(people.dora, document_id, purpose="First", expires_at="2030-01-01T00:00:00Z")
    sms_to(people.alice.contact)
    filing.consent_for(people.dora, document_id, **again)
    assert len(sms_to(people.alice.contact)) == messages


def test_a_doctor_may_ask_again_after_a_rejection(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.consent_for(people.dora, document_id)
    filing.reject(people.alice, consent_id)
    sms_to(people.alice.contact)
    answer = filing.ask(people.dora, document_id)
    assert (answer.status, answer.json["status"], answer.json["actioned_at"]) == (200, "pending", None)
    assert len(sms_to(people.alice.contact)) == 1


def test_asking_for_a_granted_document_is_a_conflict(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    answer = filing.ask(people.dora, document_id)
    assert answer.status == 409
    assert answer.json["message"]


def test_a_doctor_may_ask_again_when_the_consent_has_expired(filing: Filing, people: People, time: FakeClock) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.share(people.alice, document_id, people.dora, expires_at=from_now(minutes=5))
    time.advance(minutes=5)
    answer = filing.ask(people.dora, document_id, expires_at=from_now(days=1))
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
def test_a_request_with_a_wrong_field_is_refused(filing: Filing, people: People, wrong: dict[str, Any]) -> None:
    answer = filing.ask(people.dora, **{"document_id": filing.document_of(people.alice)} | wrong)
    assert (answer.status, answer.fields) == (400, list(wrong))


def test_an_expiry_without_a_zone_is_local_time(filing: Filing, people: People) -> None:
    answer = filing.ask(people.dora, filing.document_of(people.alice), expires_at="2030-01-01T05:30")
    assert answer.json["expires_at"] == "2030-01-01T00:00:00.000Z"


def test_asking_for_an_unknown_or_deleted_document_is_404(filing: Filing, people: People) -> None:
    assert filing.ask(people.dora, UNKNOWN).status == 404
    document_id = filing.document_of(people.alice)
    filing.delete(people.alice, document_id)
    assert filing.ask(people.dora, document_id).status == 404


def test_asking_for_a_rejected_upload_is_refused(filing: Filing, people: People) -> None:
    document_id = filing.pending_document_of(people.alice)
    upload(document_id, b"no PDF")
    assert filing.ask(people.dora, document_id).status == 400


@pytest.mark.parametrize("name", ["alice", "lata", "charlie"])
def test_only_doctors_may_ask(filing: Filing, people: People, name: str) -> None:
    answer = filing.ask(getattr(people, name), filing.document_of(people.alice))
    assert answer.status == 403


def test_a_removed_doctor_may_not_ask(filing: Filing, people: People) -> None:
    dismiss(people.dora)
    assert filing.ask(people.dora, filing.document_of(people.alice)).status == 403


# Answering


def test_the_owner_grants_and_the_doctor_gets_an_sms(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.consent_for(people.dora, document_id, expires_at=from_now(days=1))
    answer = filing.grant(people.alice, consent_id)
    assert (answer.status, answer.json["status"]) == (200, "granted")
    assert answer.json["actioned_at"] is not None
    assert answer.json["expires_at"].startswith(from_now(days=1)[:19])
    (text,) = sms_to(people.dora.contact)
    assert "Alice Rao" in text


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (["rejected"], "QuickCare: Alice Rao does not let you see a document you asked for."),
        (["granted", "revoked"], "QuickCare: Alice Rao no longer lets you see a document."),
    ],
)
def test_the_doctor_hears_of_a_no_and_of_a_withdrawal(
    filing: Filing, people: People, answers: list[str], says: str
) -> None:
    consent_id = filing.consent_for(people.dora, filing.document_of(people.alice))
    for action in answers:
        assert filing.answer(people.alice, consent_id, action).status == 200
    assert sms_to(people.dora.contact)[0] == says


def test_the_owner_may_set_another_expiry(filing: Filing, people: People) -> None:
    consent_id = filing.consent_for(people.dora, filing.document_of(people.alice), expires_at=from_now(days=9))
    answer = filing.grant(people.alice, consent_id, expires_at=from_now(days=1))
    assert answer.json["expires_at"].startswith(from_now(days=1)[:19])


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
def test_which_answers_may_follow_which(
    filing: Filing, people: People, before: list[str], action: str, status: int
) -> None:
    consent_id = filing.consent_for(people.dora, filing.document_of(people.alice))
    for step in before:
        assert filing.answer(people.alice, consent_id, step).status == 200
    assert filing.answer(people.alice, consent_id, action).status == status


@pytest.mark.parametrize(("action", "status"), [("rejected", 400), ("revoked", 400)])
def test_an_expired_consent_can_only_be_granted_with_a_new_expiry(
    filing: Filing, people: People, time: FakeClock, action: str, status: int
) -> None:
    consent_id = filing.share(
        people.alice, filing.document_of(people.alice), people.dora, expires_at=from_now(minutes=5)
    )
    time.advance(minutes=5)
    assert filing.answer(people.alice, consent_id, action).status == status
    assert filing.grant(people.alice, consent_id).json == about_fields(
        {"expires_at": ["The expiry that was asked for has passed. Give a new one."]}
    )
    assert filing.grant(people.alice, consent_id, expires_at=from_now(minutes=5)).json["status"] == "granted"


@pytest.mark.parametrize(("action", "status", "stands"), [("granted", 409, "pending"), ("rejected", 200, "rejected")])
def test_a_grant_is_refused_when_the_request_changes_meanwhile_and_a_rejection_is_not(
    filing: Filing, people: People, action: str, status: int, stands: str
) -> None:
    # GIVEN a request that the patient has seen
    document_id = filing.document_of(people.alice)
    consent_id = filing.consent_for(people.dora, document_id, purpose="One visit", expires_at=from_now(days=1))
    # WHEN the doctor asks for more between the reading and the writing of the answer
    more = ConsentRequest(document=document_id, purpose="Research", expires_at=from_now(days=900))
    with before_the_next_write(lambda: consent_requests.request(people.dora.id, more, "https://qck.in", clock.now())):
        answer = filing.answer(people.alice, consent_id, action)
    # THEN a grant is refused, because it was for something else, and a rejection counts
    consent = consent_of(people.dora, document_id)
    assert (answer.status, consent.status, consent.purpose) == (status, stands, "Research")


def test_a_grant_stands_when_the_same_is_asked_again_meanwhile(filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.consent_for(people.dora, document_id, purpose="One visit")
    same = ConsentRequest(document=document_id, purpose="One visit")
    with before_the_next_write(lambda: consent_requests.request(people.dora.id, same, "https://qck.in", clock.now())):
        assert filing.grant(people.alice, consent_id).status == 200


def test_a_doctor_cannot_keep_a_consent_by_opening_the_document_again_and_again(
    filing: Filing, people: People, time: FakeClock
) -> None:
    # GIVEN a document that Dora may open
    document_id = filing.document_of(people.alice)
    consent_id = filing.share(people.alice, document_id, people.dora)
    consent, openings = consent_of(people.dora, document_id), itertools.count(1)

    def open_again() -> None:
        opened_at = time.now + timedelta(seconds=next(openings))
        table.write(
            consent=Update(consent.key(document_id, int(consent.doctor_id)), [Consent.last_read_at.set(opened_at)])
        )

    # WHEN Alice revokes the consent, and Dora opens the document before each write
    with before_each_write(open_again):
        answer = filing.revoke(people.alice, consent_id)
    # THEN it is revoked all the same
    assert (answer.status, consent_of(people.dora, document_id).status) == (200, "revoked")
    assert next(openings) > 20


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
def test_an_answer_with_a_wrong_field_is_refused(
    api: Api, filing: Filing, people: People, body: dict[str, Any]
) -> None:
    consent_id = filing.consent_for(people.dora, filing.document_of(people.alice))
    path = f"{DOCUMENTS}consent/{consent_id}/action/"
    assert api.patch(path, body, token=people.alice.access).status == 400


def test_only_the_owner_may_answer(filing: Filing, people: People) -> None:
    consent_id = filing.consent_for(people.dora, filing.document_of(people.alice))
    assert filing.grant(people.bob, consent_id).status == 404
    assert filing.grant(people.dora, consent_id).status == 403


@pytest.mark.parametrize("consent_id", [UNKNOWN, "nonsense"])
def test_an_unknown_consent_is_404(filing: Filing, people: People, consent_id: str) -> None:
    assert filing.grant(people.alice, consent_id).status == 404


def test_the_consent_of_a_deleted_document_is_404_and_in_no_list(api: Api, filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    consent_id = filing.consent_for(people.dora, document_id)
    filing.delete(people.alice, document_id)
    assert filing.grant(people.alice, consent_id).status == 404
    assert statuses_in(api, MINE, people.alice) == statuses_in(api, DOCTOR, people.dora) == []


# Lists


@pytest.mark.parametrize(("path", "name"), [(MINE, "alice"), (DOCTOR, "dora")])
def test_patient_and_doctor_see_the_status_of_each_consent(
    api: Api, filing: Filing, people: People, time: FakeClock, path: str, name: str
) -> None:
    who = getattr(people, name)
    first, second = filing.document_of(people.alice), filing.document_of(people.alice)
    filing.share(people.alice, first, people.dora, expires_at=from_now(minutes=5))
    time.advance(seconds=1)
    filing.consent_for(people.dora, second)
    assert statuses_in(api, path, who) == [(second, "pending"), (first, "granted")]
    assert statuses_in(api, f"{path}?status=granted", who) == [(first, "granted")]
    time.advance(minutes=5)
    assert statuses_in(api, f"{path}?status=expired", who) == [(first, "expired")]
    assert statuses_in(api, f"{path}?status=granted", who) == []
    assert len(statuses_in(api, f"{path}?status=", who)) == 2


def test_a_pending_consent_does_not_expire(api: Api, filing: Filing, people: People, time: FakeClock) -> None:
    filing.consent_for(people.dora, filing.document_of(people.alice), expires_at=from_now(minutes=5))
    time.advance(minutes=6)
    assert [status for _, status in statuses_in(api, MINE, people.alice)] == ["pending"]


def test_consents_come_in_pages(api: Api, filing: Filing, people: People, time: FakeClock) -> None:
    made = [filing.document_of(people.alice) for _ in range(3)]
    for document_id in made:
        time.advance(seconds=1)
        filing.consent_for(people.dora, document_id)
    answer = api.get(f"{MINE}?limit=2", token=people.alice.access)
    rest = api.get(next_page(answer), token=people.alice.access)
    assert [consent["document"] for consent in answer.json + rest.json] == made[::-1]
    assert next_page(rest) == ""


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
def test_who_may_see_which_list(api: Api, people: People, path: str, name: str, status: int) -> None:
    assert api.get(path, token=getattr(people, name).access).status == status


def test_the_consents_of_two_doctors_are_independent(api: Api, filing: Filing, people: People) -> None:
    document_id = filing.document_of(people.alice)
    filing.share(people.alice, document_id, people.dora)
    dev = employ(api, "Dev Mehta", 9876500009, Role.DOCTOR)
    other = filing.consent_for(dev, document_id)
    filing.reject(people.alice, other)
    assert consent_of(people.dora, document_id).status == "granted"
    assert consent_of(dev, document_id).status == "rejected"


def test_the_sms_of_requests_and_grants_are_limited_each_day(
    filing: Filing, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a doctor who asked and a patient who answered as often today as each may cause SMS
    monkeypatch.setattr(limits, "SMS", limits.SMS._replace(most=2))
    first, second, third = (filing.document_of(people.alice) for _ in range(3))
    consent_id = filing.consent_for(people.dora, first)
    filing.consent_for(people.dora, second)
    for action in ("granted", "revoked", "granted", "revoked"):
        assert filing.answer(people.alice, consent_id, action).status == 200
    sms_to(people.dora.contact)
    # THEN the doctor must wait until tomorrow; the patient's grant counts, without an SMS
    assert filing.ask(people.dora, third).status == 429
    assert filing.grant(people.alice, consent_id).status == 200
    assert filing.open(people.dora, first).status == 200
    assert sms_to(people.dora.contact) == []
