"""The SMS of an invitation (docs/contract.md: Staff); `tests/pages` has what its link leads to."""

from typing import Any

import pytest
from quickcare import settings
from quickcare.accounts import limits

from tests import faults
from tests.api import Api
from tests.bench import sms_to
from tests.clinics.conftest import NEWCOMER, Add, password_sent_to
from tests.conftest import FakeClock
from tests.people import People, Person


def test_who_is_invited_gets_a_link_that_the_table_does_not_know(people: People, clinic: Any, add: Add) -> None:
    add(people.charlie, clinic["id"], people.alice.contact)
    (text,) = [one for one in sms_to(people.alice.contact) if "invites" in one]
    code = text.rpartition("/l/")[2].split()[0]
    assert len(code) == 16
    assert code not in str(faults.items())
    (link,) = faults.items(kind="Link")
    assert (link["user_id"], link["clinic_id"], int(link["ttl"])) == (people.alice.id, clinic["id"], 1772949600)


def test_an_sms_that_waits_dies_with_its_link(people: People, clinic: Any, add: Add) -> None:
    charlie, alice = people.charlie, people.alice
    with faults.failing("sns", "Publish"):
        add(charlie, clinic["id"], alice.contact)
    (link,), (waiting,) = faults.items(kind="Link"), faults.items(kind="OutboxSms")
    assert (waiting["code_pk"], waiting["code_expires_at"]) == (link["pk"], link["expires_at"])


def test_links_lead_to_the_public_url(people: People, clinic: Any, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://qck.in")
    settings.settings.cache_clear()
    add(people.charlie, clinic["id"], people.alice.contact)
    assert " https://qck.in/l/" in sms_to(people.alice.contact)[0]


def test_who_joins_at_once_gets_no_link(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, path: str, add: Add
) -> None:
    member = add(people.charlie, clinic["id"], role="receptionist").json
    api.delete(f"{path}/members/{member['id']}/", token=people.charlie.access)
    sms_to(NEWCOMER)
    answer = add(edith, elsewhere["id"], role="receptionist")
    assert (answer.json["status"], "_info" in answer.json) == ("active", False)
    assert sms_to(NEWCOMER) == ["QuickCare: Apollo Clinic has added you as receptionist. Open the app to see it."]


def test_who_is_put_back_and_works_elsewhere_meanwhile_gets_a_link_too(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, path: str, add: Add
) -> None:
    # GIVEN a receptionist whom Charlie removed, and Edith took on
    member = f"{path}/members/{add(people.charlie, clinic['id'], role='receptionist').json['id']}/"
    assert password_sent_to(NEWCOMER)
    api.delete(member, token=people.charlie.access)
    add(edith, elsewhere["id"], role="receptionist")
    # WHEN Charlie puts the status back
    answer = api.put(member, {"status": "active"}, token=people.charlie.access)
    # THEN they are asked, by an SMS
    assert (answer.status, answer.json["status"]) == (200, "pending")
    assert "City Care Clinic invites you as receptionist: https://" in sms_to(NEWCOMER)[0]


def test_a_clinic_may_not_fill_somebodys_phone(
    api: Api, people: People, clinic: Any, path: str, add: Add, time: FakeClock
) -> None:
    # GIVEN a clinic that invited Alice and took it back five times
    (limit,) = limits.INVITATIONS_PER_PERSON_AND_CLINIC
    for _ in range(limit.times):
        invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
        api.delete(f"{path}/members/{invited}/", token=people.charlie.access)
    # THEN the next one waits for a day, and others can still be invited
    answer = add(people.charlie, clinic["id"], people.alice.contact)
    assert (answer.status, int(answer.headers["Retry-After"])) == (429, limit.seconds)
    assert add(people.charlie, clinic["id"], people.bob.contact).status == 201
