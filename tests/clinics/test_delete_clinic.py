"""DELETE /api/clinics/<clinic_id>/"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from clinics import owning
from pynamodb.exceptions import QueryError
from quickcare import clock, ids
from quickcare.clinic import closing, memberships
from quickcare.clinic import leftovers as jobs
from quickcare.db import keys, table
from quickcare.db.item import Item
from quickcare.db.items import Clinic, Membership, RosterEntry, User
from quickcare.db.operations import Create, Update

from tests import faults, leftovers, town
from tests.api import Api, authorize
from tests.appointments.test_crash import MOMENTS, ProcessDied, dying
from tests.clinics import at_once
from tests.clinics.conftest import MONDAY, NEWCOMER, Add, password_sent_to
from tests.people import People, Person, log_in
from tests.torn import Tear


def test_a_deleted_clinic_vanishes_at_once(api: Api, people: People, path: str) -> None:
    # GIVEN a public clinic
    api.post(f"{path}/slots/", MONDAY, token=people.charlie.access)
    # WHEN its owner deletes it
    answer = api.delete(f"{path}/", token=people.charlie.access)
    # THEN nobody sees it any more
    assert (answer.status, answer.json["conflicting_appointments"]) == (200, [])
    assert [api.get(f"{path}/{under}").status for under in ("", "slots/", "admission-docs/")] == [404] * 3
    assert api.get("/api/clinics/public/").json["results"] == []
    assert api.get("/api/clinics/public/?search=care").json["results"] == []
    assert api.get("/api/clinics/", token=people.charlie.access).json == []


def test_its_doctor_can_join_another_clinic(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, path: str, add: Add
) -> None:
    add(people.charlie, clinic["id"])
    api.delete(f"{path}/", token=people.charlie.access)
    assert add(edith, elsewhere["id"]).json["status"] == "active"


def test_its_staff_lose_their_rights_and_its_invitations_end(
    api: Api, people: People, clinic: Any, path: str, add: Add
) -> None:
    # GIVEN a doctor and an invited patient
    add(people.charlie, clinic["id"])
    doctor = log_in(api, NEWCOMER, password_sent_to(NEWCOMER))["access"]
    invited = add(people.charlie, clinic["id"], people.alice.contact).json["id"]
    # WHEN the clinic is deleted
    api.delete(f"{path}/", token=people.charlie.access)
    # THEN neither has anything to do with it
    lookup = api.get(f"/api/users/patient/lookup/?contact={people.alice.contact}", token=doctor)
    assert lookup.status == 403
    assert api.get("/api/clinics/my/memberships/", token=doctor).json == []
    assert api.post(f"/api/clinics/my/memberships/{invited}/accept/", token=people.alice.access).status == 400


@pytest.fixture
def staffed(people: People, clinic: Any, add: Add) -> str:
    """The id of Charlie's clinic, with a doctor and an invited patient."""
    assert add(people.charlie, clinic["id"]).status == 201
    assert add(people.charlie, clinic["id"], people.alice.contact, "receptionist").status == 201
    return str(clinic["id"])


def finish() -> None:
    """Let the sweep relay what waits, and the worker do it."""
    for job in jobs.pending(clock.now() + timedelta(hours=1), 10):
        assert jobs.relay(job)
    leftovers.work_off()


def left(clinic_id: str) -> tuple[list[str], list[int], int]:
    """The statuses of the members, the clinic's counters, and how many rows of directories name it or its doctors."""
    clinic = table.fetch(Clinic.key(clinic_id))
    assert clinic
    entries = table.query(RosterEntry, keys.clinic(clinic_id), RosterEntry.sk.startswith(keys.ROSTER_PREFIX))
    held = [table.fetch(Membership.key(entry.user_id, clinic_id)) for entry in entries]
    rows = [row for row in faults.items() if row["pk"].startswith(("DIRECTORY#CLINIC#", "DIRECTORY#DOCTOR#"))]
    return sorted(one.status for one in held if one), [int(clinic.staff_count), int(clinic.doctor_count)], len(rows)


@pytest.mark.usefixtures("real_dynamodb")
def test_a_crash_at_any_call_leaves_all_as_it_was_or_to_the_worker(
    api: Api, people: People, staffed: str, path: str
) -> None:
    def delete() -> int:
        return api.delete(f"{path}/", token=people.charlie.access).status

    before = town.stored()
    with dying(MOMENTS[0], fatal=None) as countdown:
        delete()
    for moment in MOMENTS:
        for fatal in range(countdown.calls):
            town.restore(before)
            leftovers.received()
            # WHEN the process dies before or after one of its calls
            with dying(moment, fatal), pytest.raises(ProcessDied):
                delete()
            # THEN all is as it was, or the clinic is gone with its members
            is_open = api.get(f"{path}/").status == 200
            assert left(staffed)[:2] == (["active", "pending"], [1, 1]) if is_open else (["inactive"] * 2, [0, 0])
            assert delete() == (200 if is_open else 404)
            # AND the worker, whose job was relayed or waits, does the rest
            finish()
            assert left(staffed) == (["inactive"] * 2, [0, 0], 0)
    assert countdown.calls >= 8


@pytest.mark.usefixtures("real_dynamodb")
def test_nobody_who_is_added_at_the_same_moment_stays(api: Api, people: People, staffed: str, path: str) -> None:
    # GIVEN a deletion while others are added
    invited = [at_once.add(people.charlie, staffed, 9988776600 + number, "receptionist") for number in range(6)]
    found = at_once.statuses(*invited[:3], lambda: deleted(people.charlie, staffed), *invited[3:])
    assert found.count(200) == 1
    # WHEN the worker has run
    finish()
    # THEN nobody is in the clinic
    statuses, counters, rows = left(staffed)
    assert (set(statuses), counters, rows) == ({"inactive"}, [0, 0], 0)


@pytest.mark.usefixtures("real_dynamodb")
def test_the_worker_ends_what_has_no_room_in_a_transaction(api: Api, people: People, staffed: str, path: str) -> None:
    # GIVEN more members than one transaction takes
    more = closing.AT_ONCE + 3
    for number in range(more):
        employ(staffed, number)
    # WHEN the owner deletes the clinic
    assert api.delete(f"{path}/", token=people.charlie.access).status == 200
    statuses, _, _ = left(staffed)
    assert (len(statuses), statuses.count("inactive")) == (more + 2, closing.AT_ONCE)
    # THEN the worker ends the others
    finish()
    assert left(staffed) == (["inactive"] * (more + 2), [0, 0], 0)


def test_who_accepts_between_the_reads_of_a_deletion_can_work_elsewhere(
    api: Api, people: People, edith: Person, clinic: Any, elsewhere: Any, path: str, add: Add, tear: Tear
) -> None:
    # GIVEN Alice, who is invited as a doctor, and was never one
    alice, identity = people.alice, authorize(people.charlie.access)
    accepts = at_once.accept(alice, add(people.charlie, clinic["id"], alice.contact).json["id"])
    # WHEN she accepts after the deletion has read her account, and before it reads her membership
    tear(accepts, after=f'{keys.USER}"')
    assert api.delete(f"{path}/", token=people.charlie.access, identity=identity).status == 200
    assert tear.is_done
    finish()
    # THEN another clinic can take her on
    assert left(clinic["id"])[:2] == (["inactive"], [0, 0])
    assert add(edith, elsewhere["id"], alice.contact).json["status"] == "active"


def deleted(owner: Person, clinic_id: str) -> at_once.Outcome:
    owning.close(clinic_id, owner.id, clock.now())
    return at_once.Outcome(200)


def employ(clinic_id: str, number: int) -> None:
    """A receptionist, written without the API, which would hash a password for each."""
    user_id, now = ids.new_uuid(), clock.now()
    known = {"name": "Rekha", "contact": 9000000000 + number, "role_id": 5, "password_hash": "x", "date_joined": now}
    membership = memberships.new(user_id, clinic_id, member_role="receptionist", status="active", created_at=now)
    table.write(
        user=Create(User.key(user_id).item(id=user_id, **known)),
        membership=Create(membership),
        roster=Create(RosterEntry.key(clinic_id, membership.id).item(user_id=user_id, created_at=now)),
        clinic=Update(Clinic.key(clinic_id), [Clinic.staff_count.add(1)]),
    )


def test_a_deletion_that_was_written_is_no_failure(api: Api, people: People, staffed: str, path: str) -> None:
    # GIVEN a table that fails as soon as the clinic is deleted, and a queue that takes no job
    with faults.failing("sqs", "SendMessage"), failing_after_the_write():
        answer = api.delete(f"{path}/", token=people.charlie.access)
    assert (answer.status, answer.json["conflicting_appointments"]) == (200, [])
    finish()
    assert left(staffed) == (["inactive"] * 2, [0, 0], 0)


@contextmanager
def failing_after_the_write() -> Iterator[None]:
    """Every query fails that comes after a transaction."""
    written = False

    def note(**_: object) -> None:
        nonlocal written
        written = True

    events = Item._get_connection().connection.client.meta.events
    events.register("after-call.dynamodb.TransactWriteItems", note)
    real = table.query

    def query(*arguments: Any, **named: Any) -> Any:
        if written:
            raise QueryError
        return real(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "query", query)
        try:
            yield
        finally:
            events.unregister("after-call.dynamodb.TransactWriteItems", note)


def test_members_of_a_clinic_that_an_older_release_deleted_are_released(
    api: Api, people: People, staffed: str, path: str
) -> None:
    # GIVEN a deletion that an older release began: it ended the memberships one by one after it
    gone = [Clinic.is_active.set(False), Clinic.deleted_at.set(clock.now())]
    table.write(clinic=Update(Clinic.key(staffed), gone))
    # WHEN the owner tries again
    assert api.delete(f"{path}/", token=people.charlie.access).status == 200
    # THEN its members are released, and there is nothing more to delete
    finish()
    assert left(staffed) == (["inactive"] * 2, [0, 0], 0)
    assert api.delete(f"{path}/", token=people.charlie.access).status == 404


def test_a_job_of_a_clinic_that_was_opened_again_releases_nobody(
    api: Api, people: People, staffed: str, path: str, add: Add
) -> None:
    # GIVEN a deleted clinic that an administrator opened again, and whose doctor is back
    api.delete(f"{path}/", token=people.charlie.access)
    open_again = [Clinic.is_active.set(True), Clinic.deleted_at.remove()]
    table.write(clinic=Update(Clinic.key(staffed), open_again))
    assert add(people.charlie, staffed).json["status"] == "active"
    # WHEN the worker comes to the job
    finish()
    # THEN the doctor stays, and is found
    assert left(staffed)[:2] == (["active", "inactive"], [1, 1])
    assert len(api.get(f"/api/doctors/?clinic={staffed}").json["results"]) == 1


def test_deleting_twice_is_404(api: Api, people: People, path: str) -> None:
    api.delete(f"{path}/", token=people.charlie.access)
    assert api.delete(f"{path}/", token=people.charlie.access).status == 404


def test_nothing_can_be_added_to_a_deleted_clinic(api: Api, people: People, clinic: Any, path: str, add: Add) -> None:
    api.delete(f"{path}/", token=people.charlie.access)
    assert add(people.charlie, clinic["id"]).status == 404
    assert api.post(f"{path}/slots/", MONDAY, token=people.charlie.access).status == 404
    assert api.put(f"{path}/", {"name": "Back"}, token=people.charlie.access).status == 404


def test_somebody_elses_clinic_is_403(api: Api, people: People, edith: Person, path: str) -> None:
    assert api.delete(f"{path}/", token=edith.access).status == 403
    assert api.delete(f"{path}/", token=people.alice.access).status == 403
    assert api.delete(f"{path}/").status == 401
    assert api.get(f"{path}/").status == 200


def test_an_unknown_clinic_is_404(api: Api, people: People) -> None:
    assert api.delete(f"/api/clinics/{uuid4()}/", token=people.charlie.access).status == 404
