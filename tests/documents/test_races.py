"""On AWS's own engine, with real threads: withdrawing a right against using it, and asking twice at once."""

from collections import Counter
from datetime import datetime

import pytest
from documents import consents, opening
from documents.schemas import ConsentAction, ConsentRequest
from quickcare import errors
from quickcare.clock import now
from quickcare.db import keys, table
from quickcare.db.items import AccessLogEntry, Consent, ConsentPointer, Document
from quickcare.web.identity import Caller

from tests.documents.clinic import Clinic, open_clinic
from tests.faults import at_once

ROUNDS = 200
READERS = 2
CALLER_IP = "203.0.113.7"


@pytest.fixture
def clinic(real_dynamodb: None) -> Clinic:
    """Alice, Dora and Dev on DynamoDB Local, as items."""
    return open_clinic()


def test_revoking_against_reading(clinic: Clinic) -> None:
    # GIVEN a document that Dora may read, 200 times
    outcomes: Counter[str] = Counter()
    revoke = ConsentAction(action="revoked")
    for _ in range(ROUNDS):
        document_id, consent_id = clinic.granted_document()

        # WHEN she opens it while Alice takes it back
        def act(number: int, document_id: str = document_id, consent_id: str = consent_id) -> object:
            if number == 0:
                return consents.answer(consent_id, clinic.alice.id, revoke, now()).consent.actioned_at
            return opening.open_document(document_id, Caller(clinic.dora.id, "s", CALLER_IP), now()).url

        revoked_at, *read = at_once(1 + READERS, act)
        # THEN each URL has its entry, none of them younger than the revocation, and afterwards there is none
        assert isinstance(revoked_at, datetime), revoked_at
        urls = [url for url in read if isinstance(url, str)]
        assert all(isinstance(answer, str | errors.Forbidden) for answer in read), read
        allowed = entries(document_id, "allowed")
        assert len(allowed) == len(urls)
        assert all(entry.accessed_at <= revoked_at for entry in allowed)
        assert len(entries(document_id, "denied")) == READERS - len(urls)
        with pytest.raises(errors.Forbidden):
            opening.open_document(document_id, Caller(clinic.dora.id, "s", CALLER_IP), now())
        outcomes[f"{len(urls)} of {READERS} read"] += 1
    assert len(outcomes) > 1, outcomes


def test_deleting_against_reading(clinic: Clinic) -> None:
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        document_id, _ = clinic.granted_document()

        def act(number: int, document_id: str = document_id) -> object:
            if number == 0:
                opening.delete(document_id, Caller(clinic.alice.id, "s", CALLER_IP), now())
                return None
            return opening.open_document(document_id, Caller(clinic.dora.id, "s", CALLER_IP), now()).url

        deleted, *read = at_once(1 + READERS, act)
        assert deleted is None, deleted
        assert all(isinstance(answer, str | errors.NotFound) for answer in read), read
        urls = [url for url in read if isinstance(url, str)]
        document = table.fetch(Document.key(document_id))
        assert document
        assert document.deleted_at
        allowed = entries(document_id, "allowed")
        assert len(allowed) == len(urls)
        assert all(entry.accessed_at <= document.deleted_at for entry in allowed)
        with pytest.raises(errors.NotFound):
            opening.open_document(document_id, Caller(clinic.dora.id, "s", CALLER_IP), now())
        outcomes[f"{len(urls)} of {READERS} read"] += 1
    assert len(outcomes) > 1, outcomes


def test_asking_twice_at_once_is_one_consent(clinic: Clinic) -> None:
    for _ in range(20):
        document_id = clinic.document()
        body = ConsentRequest(document=document_id)
        answers = at_once(2, lambda _: consents.request(clinic.dora.id, body, now()))  # noqa: B023 - ends with the round
        made = [answer for answer in answers if isinstance(answer, tuple)]
        assert [is_new for _, is_new in made].count(True) == 1, answers
        assert len({asked.consent.id for asked, _ in made}) == 1
        assert len(pointers(clinic.dora.id, document_id)) == 1


def test_two_doctors_at_once_are_two_consents(clinic: Clinic) -> None:
    doctors = (clinic.dora, clinic.dev)
    for _ in range(20):
        document_id = clinic.document()
        body = ConsentRequest(document=document_id)
        answers = at_once(2, lambda n: consents.request(doctors[n].id, body, now()))  # noqa: B023 - ends with the round
        assert [answer[1] for answer in answers if isinstance(answer, tuple)] == [True, True], answers


def test_granting_against_asking_again(clinic: Clinic) -> None:
    grant = ConsentAction(action="granted")
    for _ in range(20):
        document_id, consent_id = clinic.asked_document()
        body = ConsentRequest(document=document_id)

        def act(number: int, consent_id: str = consent_id, body: ConsentRequest = body) -> object:
            if number == 0:
                return consents.answer(consent_id, clinic.alice.id, grant, now())
            return consents.request(clinic.dora.id, body, now())

        granted, again = at_once(2, act)
        assert not isinstance(granted, Exception), granted
        assert isinstance(again, tuple | errors.Conflict), again
        consent = table.fetch(Consent.key(document_id, int(clinic.dora.doctor_id or 0)))
        assert consent
        assert consent.status == "granted"


def entries(document_id: str, outcome: str) -> list[AccessLogEntry]:
    pk = keys.document_access_log(document_id)
    return [entry for entry in AccessLogEntry.query(pk, consistent_read=True) if entry.outcome == outcome]


def pointers(doctor_user_id: str, document_id: str) -> list[ConsentPointer]:
    begins = ConsentPointer.sk.startswith(keys.CONSENT_REQUEST_PREFIX)
    found = ConsentPointer.query(keys.user(doctor_user_id), begins, consistent_read=True)
    return [pointer for pointer in found if pointer.document_id == document_id]
