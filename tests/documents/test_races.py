"""On AWS's own engine, with real threads: a right is withdrawn while it is used, and a doctor asks twice at once."""

from collections import Counter
from datetime import datetime

import pytest
from quickcare import errors
from quickcare.db import keys, table
from quickcare.db.items import AccessLogEntry, Consent, ConsentPointer, Document

from tests.documents.clinic import Clinic, open_clinic
from tests.faults import at_once
from tests.thorough import IS_THOROUGH, times

ROUNDS = times(40, 200)
READERS = 2


@pytest.fixture
def clinic(real_dynamodb: None) -> Clinic:
    """Alice, Dora and Dev on DynamoDB Local, as items."""
    return open_clinic()


def test_revoking_a_consent_while_the_doctor_opens_the_document(clinic: Clinic) -> None:
    # GIVEN a document that Dora may read, many times
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        document_id, consent_id = clinic.document_with_granted_consent()

        # WHEN she opens it while Alice takes it back
        def act(number: int, document_id: str = document_id, consent_id: str = consent_id) -> object:
            if number == 0:
                return clinic.answer(consent_id, "revoked").actioned_at
            return clinic.open(clinic.dora, document_id)

        revoked_at, *read = at_once(1 + READERS, act)
        # THEN each URL has its log entry, none is younger than the revocation, and afterwards there is no URL any more
        assert isinstance(revoked_at, datetime), revoked_at
        urls = [url for url in read if isinstance(url, str)]
        assert all(isinstance(answer, str | errors.Forbidden) for answer in read), read
        allowed = log_entries(document_id, "allowed")
        assert len(allowed) == len(urls)
        assert all(entry.accessed_at <= revoked_at for entry in allowed)
        assert len(log_entries(document_id, "denied")) == READERS - len(urls)
        with pytest.raises(errors.Forbidden):
            clinic.open(clinic.dora, document_id)
        outcomes[f"{len(urls)} of {READERS} read"] += 1
    assert len(outcomes) > 1 or not IS_THOROUGH, outcomes


def test_deleting_a_document_while_the_doctor_opens_it(clinic: Clinic) -> None:
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        document_id, _ = clinic.document_with_granted_consent()

        def act(number: int, document_id: str = document_id) -> object:
            if number == 0:
                clinic.delete(document_id)
                return None
            return clinic.open(clinic.dora, document_id)

        deleted, *read = at_once(1 + READERS, act)
        assert deleted is None, deleted
        assert all(isinstance(answer, str | errors.NotFound) for answer in read), read
        urls = [url for url in read if isinstance(url, str)]
        document = table.fetch(Document.key(document_id))
        assert document
        assert document.deleted_at
        allowed = log_entries(document_id, "allowed")
        assert len(allowed) == len(urls)
        assert all(entry.accessed_at <= document.deleted_at for entry in allowed)
        with pytest.raises(errors.NotFound):
            clinic.open(clinic.dora, document_id)
        outcomes[f"{len(urls)} of {READERS} read"] += 1
    assert len(outcomes) > 1 or not IS_THOROUGH, outcomes


def test_a_doctor_who_asks_twice_at_once_makes_one_consent(clinic: Clinic) -> None:
    for _ in range(20):
        document_id = clinic.document()
        answers = at_once(2, lambda _: clinic.ask(clinic.dora, document_id))  # noqa: B023 - ends with the round
        made = [answer for answer in answers if isinstance(answer, tuple)]
        assert [is_new for _, is_new in made].count(True) == 1, answers
        assert len({details.consent.id for details, _ in made}) == 1
        assert len(pointers(clinic.dora.id, document_id)) == 1


def test_two_doctors_who_ask_at_once_make_two_consents(clinic: Clinic) -> None:
    doctors = (clinic.dora, clinic.dev)
    for _ in range(20):
        document_id = clinic.document()
        answers = at_once(2, lambda n: clinic.ask(doctors[n], document_id))  # noqa: B023 - ends with the round
        assert [answer[1] for answer in answers if isinstance(answer, tuple)] == [True, True], answers


def test_granting_a_consent_while_the_doctor_asks_again(clinic: Clinic) -> None:
    for _ in range(20):
        document_id, consent_id = clinic.document_with_pending_consent()

        def act(number: int, document_id: str = document_id, consent_id: str = consent_id) -> object:
            if number == 0:
                return clinic.answer(consent_id, "granted")
            return clinic.ask(clinic.dora, document_id)

        granted, again = at_once(2, act)
        assert not isinstance(granted, Exception), granted
        assert isinstance(again, tuple | errors.Conflict), again
        consent = table.fetch(Consent.key(document_id, int(clinic.dora.doctor_id or 0)))
        assert consent
        assert consent.status == "granted"


def log_entries(document_id: str, outcome: str) -> list[AccessLogEntry]:
    pk = keys.document_access_log(document_id)
    return table.query(AccessLogEntry, pk, having=AccessLogEntry.outcome == outcome)


def pointers(doctor_user_id: str, document_id: str) -> list[ConsentPointer]:
    begins = ConsentPointer.sk.startswith(keys.CONSENT_REQUEST_PREFIX)
    having = ConsentPointer.document_id == document_id
    return table.query(ConsentPointer, keys.user(doctor_user_id), begins, having=having)
