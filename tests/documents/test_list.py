"""GET /api/documents/: what the caller may see now."""

import pytest

from tests.api import Api
from tests.conftest import FakeClock
from tests.documents.filing import DOCUMENTS, acted, announce, asked, dismiss, filed, granted, later, logged
from tests.people import People, Person


def seen(api: Api, who: Person, query: str = "") -> list[str]:
    answer = api.get(f"{DOCUMENTS}{query}", token=who.access)
    assert answer.status == 200, answer
    return [document["id"] for document in answer.json]


def test_patient_sees_own_ones_newest_first(api: Api, people: People, time: FakeClock) -> None:
    first = filed(people.alice)
    time.advance(seconds=1)
    second = filed(people.alice, people.lata)
    filed(people.bob)
    assert seen(api, people.alice) == [second, first]
    assert logged(api, people.alice) == []


def test_patient_sees_pending_ones_without_a_link(api: Api, people: People) -> None:
    announce(api, people.alice)
    (document,) = api.get(DOCUMENTS, token=people.alice.access).json
    assert (document["upload_status"], document["file"]) == ("pending", None)


def test_doctor_sees_granted_ones(api: Api, people: People, time: FakeClock) -> None:
    allowed, refused, withdrawn, ended, uploaded = (filed(people.alice) for _ in range(5))
    granted(api, people.alice, people.dora, allowed)
    asked(api, people.dora, refused)
    acted(api, people.alice, granted(api, people.alice, people.dora, withdrawn), "revoked")
    granted(api, people.alice, people.dora, ended, expires_at=later(minutes=1))
    filed(people.alice, people.dora)
    time.advance(minutes=1)
    assert seen(api, people.dora) == [allowed]
    assert uploaded not in seen(api, people.dora)


def test_lab_member_sees_what_they_uploaded(api: Api, people: People) -> None:
    mine = filed(people.alice, people.lata)
    filed(people.alice)
    assert seen(api, people.lata) == [mine]


def test_removed_staff_see_nothing(api: Api, people: People) -> None:
    granted(api, people.alice, people.dora, filed(people.alice))
    filed(people.alice, people.lata)
    for who in (people.dora, people.lata):
        dismiss(who)
        answer = api.get(DOCUMENTS, token=who.access)
        assert answer.status == 403


def test_clinic_owner_may_not_list(api: Api, people: People) -> None:
    assert api.get(DOCUMENTS, token=people.charlie.access).status == 403


@pytest.mark.parametrize("name", ["document_type", "type"])
def test_filter_by_type(api: Api, people: People, name: str) -> None:
    scan = filed(people.alice, document_type="scan")
    filed(people.alice)
    assert seen(api, people.alice, f"?{name}=scan") == [scan]
    assert len(seen(api, people.alice, f"?{name}=")) == 2


def test_filter_by_uploader(api: Api, people: People) -> None:
    from_lab = filed(people.alice, people.lata)
    filed(people.alice)
    assert seen(api, people.alice, "?uploaded_by_role=lab_member") == [from_lab]
    assert seen(api, people.alice, "?uploaded_by_role=lab_member&type=scan") == []


@pytest.mark.parametrize("query", ["?type=selfie", "?uploaded_by_role=nurse", "?limit=0", "?cursor=x"])
def test_bad_parameters(api: Api, people: People, query: str) -> None:
    assert api.get(f"{DOCUMENTS}{query}", token=people.alice.access).status == 400


def test_pages(api: Api, people: People) -> None:
    # GIVEN five documents, of which two are scans
    made = {filed(people.alice, document_type=kind) for kind in ("scan", "other", "other", "other", "scan")}
    # WHEN they are read by twos
    answer = api.get(f"{DOCUMENTS}?limit=2", token=people.alice.access)
    found = [document["id"] for document in answer.json]
    while "Link" in answer.headers:
        link = answer.headers["Link"].partition("<")[2].partition(">")[0]
        answer = api.get(link.removeprefix("https://api.example.com/test"), token=people.alice.access)
        found += [document["id"] for document in answer.json]
    # THEN each comes once
    assert len(found) == 5
    assert set(found) == made


def test_stranger(api: Api) -> None:
    assert api.get(DOCUMENTS).status == 401
