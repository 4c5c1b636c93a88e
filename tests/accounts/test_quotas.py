"""What one account may use: at the quota, over it, many at once, and given back (docs/contract.md: Limits)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from clinics import owning
from clinics.schemas.clinics import NewClinic
from documents import uploads
from documents.schemas.documents import NewDocument
from quickcare import settings
from quickcare.accounts import quotas
from quickcare.clock import now
from quickcare.db import table
from quickcare.db.items import Address, Clinic, OwnedClinic, QuotaCount
from quickcare.db.operations import Update
from users import addresses
from users.schemas.addresses import NewAddress

from tests import faults
from tests.api import Answer, Api
from tests.clinics.conftest import CLINIC
from tests.conftest import FakeClock
from tests.documents.filing import PDF, Filing, announcement, keys_in_bucket, put_in_bucket, stored, upload
from tests.documents.filing import notify as check_upload
from tests.documents.pdfs import pdf
from tests.people import People, Person

MEGABYTE = 1_000_000
AT_ONCE = 20
Quota = Callable[..., None]


@pytest.fixture
def quota(monkeypatch: pytest.MonkeyPatch) -> Quota:
    """Sets quotas such as `uploads_per_patient`."""

    def set_to(**figures: object) -> None:
        for name, figure in figures.items():
            monkeypatch.setenv(name.upper(), str(figure))
        settings.settings.cache_clear()

    return set_to


@pytest.fixture
def filing(api: Api) -> Filing:
    return Filing(api)


def kinds(answers: list[Any]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


def used(key: Any) -> int:
    count = table.fetch(key)
    return int(count.used) if count else 0


def bytes_of(person: Person) -> int:
    return used(QuotaCount.of_bytes(person.id))


def almost_full(person: Person, left: int) -> None:
    """Count so much for a patient that this many bytes are left of 500 MB."""
    table.write(**quotas.stored(person.id, 500 * MEGABYTE - left))


# Uploads in an hour


def test_a_patient_sends_so_many_documents_an_hour_by_both_ways(
    api: Api, people: People, filing: Filing, quota: Quota, time: FakeClock
) -> None:
    quota(uploads_per_patient=4)
    time.advance(minutes=17)
    assert [filing.announce(people.alice).status for _ in range(3)] == [201] * 3
    assert filing.send_form(people.alice).status == 201
    for answer in (filing.announce(people.alice), filing.send_form(people.alice)):
        assert (answer.status, answer.headers["Retry-After"]) == (429, str(43 * 60))
    # What was refused left nothing, and is nobody else's.
    assert len(keys_in_bucket()) == 1
    assert len(faults.items(kind="Document")) == 4
    assert filing.announce(people.bob).status == 201
    time.advance(minutes=43)
    assert filing.announce(people.alice).status == 201


def test_staff_send_more_for_their_patients(people: People, filing: Filing, quota: Quota) -> None:
    quota(uploads_per_patient=1, uploads_per_staff=2)
    answers = [filing.announce(people.lata, patient_id=people.alice.id) for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    # These are Lata's, not Alice's.
    assert filing.announce(people.alice).status == 201


def test_an_upload_that_fails_uses_nothing_up(people: People, filing: Filing, quota: Quota) -> None:
    quota(uploads_per_patient=1)
    assert filing.announce(people.alice, appointment=12345).status == 400
    assert filing.send_form(people.alice, b"Dear doctor").status == 400
    almost_full(people.alice, 0)
    assert filing.announce(people.alice).status == 409
    table.write(**quotas.given_back(people.alice.id, MEGABYTE))
    assert filing.announce(people.alice).status == 201


def test_of_twenty_uploads_at_once_five_pass(people: People, real_dynamodb: None, quota: Quota) -> None:
    quota(uploads_per_patient=5)
    body, alice = NewDocument.model_validate(announcement()), people.alice.id
    answers = faults.at_once(AT_ONCE, lambda _: uploads.upload(alice, body, None, now()))
    assert kinds(answers) == {"DocumentDetails": 5, "TooManyRequests": 15}
    assert len(faults.items(kind="Document")) == 5


# Bytes of a patient


def test_bytes_are_counted_when_they_are_there_and_given_back_with_the_document(people: People, filing: Filing) -> None:
    announced = filing.pending_document_of(people.alice)
    assert bytes_of(people.alice) == 0
    upload(announced, pdf(3000))
    assert bytes_of(people.alice) == len(pdf(3000))  # not what was announced
    sent = filing.send_form(people.alice).json["id"]
    assert bytes_of(people.alice) == len(pdf(3000)) + len(PDF)
    for document_id in (announced, sent):
        assert filing.delete(people.alice, document_id).status == 200
        assert filing.delete(people.alice, document_id).status == 404
    assert bytes_of(people.alice) == 0


def test_a_notice_that_comes_twice_counts_once(people: People, filing: Filing) -> None:
    document_id = filing.pending_document_of(people.alice)
    version = put_in_bucket(document_id, PDF)
    check_upload(document_id, version, len(PDF))
    check_upload(document_id, version, len(PDF))
    assert bytes_of(people.alice) == len(PDF)


def test_a_patient_without_room_is_told_before_they_send(people: People, filing: Filing) -> None:
    almost_full(people.alice, len(PDF))
    over = filing.announce(people.alice, file_size=len(PDF) + 1)
    assert (over.status, over.json) == (
        409,
        {"message": "The documents of a patient may have 500 MB in all. Delete one first."},
    )
    assert filing.announce(people.lata, patient_id=people.alice.id, file_size=len(PDF) + 1).status == 409
    assert filing.send_form(people.alice, pdf(len(PDF) + 1)).status == 409
    assert keys_in_bucket() == []
    assert filing.send_form(people.alice).status == 201
    assert filing.send_form(people.alice).status == 409


def test_who_announces_less_than_they_send_gains_nothing(people: People, filing: Filing) -> None:
    first, second = filing.pending_document_of(people.alice), filing.announce(people.alice, file_size=1).json["id"]
    almost_full(people.alice, len(PDF))
    assert upload(first) == "available"
    assert upload(second) == "rejected"
    assert stored(second).rejection_reason == "The documents of a patient may have 500 MB in all. Delete one first."
    assert len(keys_in_bucket()) == 1
    assert bytes_of(people.alice) == 500 * MEGABYTE
    # A rejected one has no bytes to give back.
    assert filing.delete(people.alice, second).status == 200
    assert bytes_of(people.alice) == 500 * MEGABYTE


def test_twenty_forms_at_once_have_room_for_five(people: People, real_dynamodb: None) -> None:
    almost_full(people.alice, 5 * len(PDF))
    body, alice = NewDocument.model_validate(announcement()), people.alice.id
    answers = faults.at_once(AT_ONCE, lambda _: uploads.upload(alice, body, PDF, now()))
    assert kinds(answers) == {"DocumentDetails": 5, "Conflict": 15}
    assert bytes_of(people.alice) == 500 * MEGABYTE
    assert len(keys_in_bucket()) == 5


def test_a_document_from_before_is_not_counted_and_gives_nothing_back(people: People, filing: Filing) -> None:
    before = filing.document_of(people.alice)
    sent = filing.send_form(people.alice).json["id"]
    assert filing.delete(people.alice, before).status == 200
    assert bytes_of(people.alice) == len(PDF)
    assert filing.delete(people.alice, sent).status == 200
    assert bytes_of(people.alice) == 0


# Addresses


def add_address(api: Api, person: Person, **fields: Any) -> Answer:
    return api.post("/api/users/address/", {"town": "Jaipur", **fields}, token=person.access)


def test_ten_addresses_and_a_deleted_one_makes_place(api: Api, people: People, quota: Quota) -> None:
    quota(addresses_per_user=10)
    made = [
        add_address(api, people.alice, is_current=current).json["id"] for current in [True, False, None, *[None] * 7]
    ]
    over = add_address(api, people.alice)
    assert (over.status, over.json["message"]) == (409, "You may have 10 addresses. Delete one first.")
    for address_id in made[:2]:
        assert api.delete(f"/api/users/address/{address_id}/", token=people.alice.access).status == 204
        assert api.delete(f"/api/users/address/{address_id}/", token=people.alice.access).status == 404
    assert [add_address(api, people.alice).status for _ in range(3)] == [201, 201, 409]
    assert add_address(api, people.bob).status == 201


def test_twenty_addresses_at_once(people: People, real_dynamodb: None, quota: Quota) -> None:
    quota(addresses_per_user=10)
    alice = people.alice.id
    answers = faults.at_once(AT_ONCE, lambda _: addresses.add(alice, NewAddress(town="Jaipur"), now()))
    assert kinds(answers) == {"tuple": 10, "Conflict": 10}
    assert len(faults.items(kind="Address")) == 10


def test_an_address_that_is_deleted_twice_at_once_gives_back_one_place(people: People, real_dynamodb: None) -> None:
    alice = people.alice.id
    made, _ = addresses.add(alice, NewAddress(town="Jaipur"), now())
    addresses.add(alice, NewAddress(town="Pune"), now())
    answers = faults.at_once(5, lambda _: addresses.delete(alice, int(made.id)))
    assert kinds(answers) == {"NoneType": 1, "NotFound": 4}
    assert used(QuotaCount.of_addresses(alice)) == 1


def test_an_address_from_before_is_not_counted_and_gives_nothing_back(api: Api, people: People) -> None:
    before = add_address(api, people.alice).json["id"]
    table.write(address=Update(Address.key(people.alice.id, before), [Address.is_counted.remove()]))
    assert api.delete(f"/api/users/address/{before}/", token=people.alice.access).status == 204
    assert used(QuotaCount.of_addresses(people.alice.id)) == 1


# Clinics


def test_ten_clinics_also_from_before_and_a_deleted_one_makes_place(api: Api, people: People, quota: Quota) -> None:
    quota(clinics_per_owner=3)
    made = [api.post("/api/clinics/", CLINIC, token=people.charlie.access) for _ in range(3)]
    over = api.post("/api/clinics/", CLINIC, token=people.charlie.access)
    assert (over.status, over.json["message"]) == (409, "You may have 3 clinics. Delete one first.")
    # One that an administrator closed still counts.
    table.write(clinic=Update(Clinic.key(made[0].json["id"]), [Clinic.is_active.set(False)]))
    assert api.post("/api/clinics/", CLINIC, token=people.charlie.access).status == 409
    assert api.delete(f"/api/clinics/{made[1].json['id']}/", token=people.charlie.access).status == 200
    assert api.post("/api/clinics/", CLINIC, token=people.charlie.access).status == 201
    assert api.post("/api/clinics/", CLINIC, token=people.charlie.access).status == 409


def test_clinics_opened_at_once(people: People, real_dynamodb: None, quota: Quota) -> None:
    quota(clinics_per_owner=3)
    body, charlie = NewClinic.model_validate(CLINIC), people.charlie.id
    answers = faults.at_once(8, lambda _: owning.create(charlie, body, now()))
    assert kinds(answers) == {"tuple": 3, "Conflict": 5}
    assert len(faults.items(kind=OwnedClinic.__name__)) == 3


# Questions


def test_a_question_changes_three_times_a_day(people: People, filing: Filing, time: FakeClock) -> None:
    document_id, other = filing.document_of(people.alice), filing.document_of(people.alice)
    time.advance(hours=1)
    purposes = ("Review", "Second opinion", "Surgery", "Report")
    assert [filing.ask(people.dora, document_id, purpose=purpose).status for purpose in purposes] == [201, *[200] * 3]
    over = filing.ask(people.dora, document_id, purpose="Research")
    assert (over.status, over.headers["Retry-After"]) == (429, str(17 * 3600))
    # The same question again is no change, and another document another question.
    assert filing.ask(people.dora, document_id, purpose="Report").status == 200
    assert filing.ask(people.dora, other, purpose="Report").status == 201
    time.advance(hours=17)
    assert filing.ask(people.dora, document_id, purpose="Research").status == 200


def test_where_address_limits_are_off_nothing_is_counted(
    api: Api, people: People, filing: Filing, quota: Quota
) -> None:
    quota(address_rate_limits="off", uploads_per_patient=1, addresses_per_user=1, clinics_per_owner=1)
    assert [filing.announce(people.alice).status for _ in range(2)] == [201] * 2
    assert [add_address(api, people.alice).status for _ in range(2)] == [201] * 2
    assert [api.post("/api/clinics/", CLINIC, token=people.charlie.access).status for _ in range(2)] == [201] * 2
    document = filing.send_form(people.alice).json["id"]
    assert faults.items(kind="QuotaCount") == []
    assert filing.delete(people.alice, document).status == 200
    assert faults.items(kind="QuotaCount") == []
