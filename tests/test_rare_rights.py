"""What few requests do, through their handlers: so that the roles of their functions keep the right to it.

Their rules are tested elsewhere, where services are called without a handler and no role is asked.
"""

from datetime import timedelta
from typing import Any

import pytest
from notifications import app, sweep
from quickcare import clock
from quickcare.accounts import superadmins
from quickcare.clinic import leftovers as jobs
from quickcare.db import keys, table
from quickcare.db.items import DirectoryEntry, TempPassword, User
from quickcare.db.operations import Create, Put
from quickcare.roles import Role
from quickcare.settings import settings

from tests import faults, leftovers
from tests.admin.browser import Browser
from tests.admin.conftest import ADMIN, MakeUser, logged_in, make_superadmin, make_user, root, superadmin
from tests.api import Api, authorize
from tests.appointments.before_lengths import go_back
from tests.appointments.conftest import move
from tests.appointments.moving import Move
from tests.clinics.conftest import Add, add, edith
from tests.conftest import FakeClock
from tests.fakes.sms import Context, Inbox, SmsQueue, failed
from tests.pages.conftest import Invite, clinic, invite
from tests.people import People
from tests.practice import Practice, change_item

__all__ = ["add", "clinic", "edith", "invite", "make_superadmin", "make_user", "move", "root", "superadmin"]

UNKNOWN = "3b241101-e2bb-4255-8caf-4136c566a962"
PDF = {"title": "CBC", "document_type": "lab_report", "file_name": "cbc.pdf", "file_size": 100}
SLOT = {"day_of_week": 1, "start_time": "09:00", "end_time": "12:00"}
WISH = {"doctor": 1, "appointment_date": "2026-03-03", "appointment_time": "09:00"}
LEAVE = {"start_date": "2026-03-09", "end_date": "2026-03-10"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/api/clinics/{UNKNOWN}/slots/", SLOT),
        ("/api/doctors/me/leaves/", LEAVE),
        ("/api/appointments/my/", WISH),
        ("/api/documents/", {**PDF, "patient_id": UNKNOWN}),
    ],
)
def test_the_key_of_a_refused_request_is_free_at_once(api: Api, path: str, body: dict[str, Any]) -> None:
    nobody = {"user_id": UNKNOWN, "session_id": "s", "principalId": UNKNOWN}
    answer = api.post(path, body, identity=nobody, headers={"Idempotency-Key": "k"})
    assert answer.status in (401, 403, 404, 409), answer
    assert not [item for item in faults.items() if item["pk"].startswith("IDEMPOTENCY#")]


def test_the_key_of_a_request_that_failed_is_free_at_once(api: Api, people: People) -> None:
    identity = authorize(people.alice.access)
    with faults.failing("dynamodb", "TransactWriteItems"):
        answer = api.post(
            "/api/users/address/", {"town": "Jaipur"}, identity=identity, headers={"Idempotency-Key": "k"}
        )
    assert answer.status == 503
    assert not [item for item in faults.items() if item["pk"].startswith("IDEMPOTENCY#")]


def test_a_doctor_accepts_on_the_page_and_is_found(api: Api, people: People, invite: Invite, clinic: Any) -> None:
    assert invite(people.alice, "doctor").accept(role="doctor").status == 200
    assert len(api.get(f"/api/doctors/?clinic={clinic['id']}").json["results"]) == 1
    assert not faults.items(kind="Job")


def test_a_doctor_who_left_accepts_on_the_page_again(api: Api, people: People, invite: Invite, clinic: Any) -> None:
    # GIVEN a doctor who left the clinic, and whom an administrator made a patient again
    first = invite(people.alice, "doctor")
    first.accept(role="doctor")
    (entry,) = (
        DirectoryEntry.get(one["pk"], one["sk"])
        for one in faults.items(kind="DirectoryEntry")
        if "#DOCTOR#" in one["pk"]
    )
    assert api.delete(f"/api/clinics/my/memberships/{first.member_id}/", people.alice.access).status == 200
    change_item(User.key(people.alice.id), {"role_id": int(Role.PATIENT)})
    # AND rows that a crash left behind long ago
    facts = {"item_id": entry.item_id, "facts": dict(entry.facts), "words": entry.words, "generation": "old"}
    table.write(left=Put(DirectoryEntry.key("DOCTOR", entry.item_id, "old").item(**facts, written_at=0)))
    # WHEN the clinic invites her again / THEN the page makes her active as before
    assert invite(people.alice, "doctor").accept(role="doctor").status == 200
    assert len(api.get(f"/api/doctors/?clinic={clinic['id']}").json["results"]) == 1
    assert not faults.items(kind="DirectoryEntry", generation="old")


def test_an_sms_goes_to_a_phone_by_sns(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_PROVIDER", "sns")
    settings.cache_clear()
    queue = SmsQueue()
    queue.put()
    assert failed(app.handler(queue.event(), Context())) == []
    assert [one["state"] for one in faults.items(kind="SmsReceipt")] == ["sent"]


def test_the_sms_of_an_invitation_is_sent(api: Api, people: People, clinic: Any, add: Add, inbox: Inbox) -> None:
    queue = SmsQueue()
    add(people.charlie, clinic["id"], people.alice.contact, "receptionist")
    app.handler(queue.event(), Context())
    assert "/l/" in [sms["body"] for sms in inbox.messages if sms["to"].endswith(str(people.alice.contact))][-1]


@pytest.mark.parametrize("before_shards", [False, True])
def test_the_sweep_takes_a_job_that_its_request_left(moto: None, time: FakeClock, before_shards: bool) -> None:
    job = jobs.of_clinic(UNKNOWN, clock.now())
    if before_shards:
        job.pk = keys.JOBS
    table.write(job=Create(job))
    time.advance(minutes=5)
    assert sweep.handler({}, Context())["failed"] == 0
    assert not faults.items(kind="Job")
    assert leftovers.work_off() == 1


def test_the_worker_takes_out_an_appointment_of_old_data(practice: Practice, people: People, move: Move) -> None:
    booked = practice.booked(people.alice)
    go_back()
    move.away()
    leftovers.work_off()
    assert move.mine(people.alice, booked)["needs_attention"] == "doctor_left"
    assert faults.items(kind="PatientCalendar")
    assert not faults.items(kind="PatientHour")


def test_a_superadmin_is_made_and_unmade_in_the_panel(superadmin: Browser, make_user: MakeUser) -> None:
    path = f"users/{make_user().id}"
    for role, count in (("1", 2), ("2", 1)):
        assert superadmin.submit(superadmin.get(path), f"{path}/role", role=role).status == 303
        assert superadmins.active() == count


def test_a_temporary_password_is_used_up_in_the_panel(root: User, make_user: MakeUser, time: FakeClock) -> None:
    later = time.now + timedelta(days=7)
    make_user("Arun Admin", Role.ADMIN, ADMIN, temporary_password_log="log", temporary_password_until=later)
    table.write(password=Create(TempPassword.key("log").item(password="a1b2c3d4", expires_at=later)))
    logged_in(ADMIN)
    assert not faults.items(kind="TempPassword")
