"""Where phone numbers, codes, passwords, tokens and medical text end up: every log line, metric, item of the table and
message of a queue, of what `scripts/smoke.py` does and of the same while something fails.

What people typed is marked, so it can be found. It may be only where `BELONGS` says, and each of these places is used.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest
from documents import check
from notifications import app as notifications
from notifications import senders, sweep
from notifications.twilio_sms import TwilioSender
from quickcare import aws, settings

from tests import faults, leftovers
from tests.api import Answer, Api
from tests.conftest import FakeClock
from tests.documents.filing import announcement, notice_of, put_in_bucket
from tests.documents.pdfs import pdf
from tests.fakes.sms import Context
from tests.fakes.twilio_server import ACCOUNT_SID, AUTH_TOKEN, FROM_NUMBER, TwilioServer
from tests.people import code_in
from tests.practice import MONDAY

PATIENT, OWNER, DOCTOR, LAB = 9876512345, 9876512346, 9876512347, 9876512348
PHONES = (str(PATIENT), str(OWNER), str(DOCTOR), str(LAB))
PASSWORD, NEW_PASSWORD, WRONG_PASSWORD = "canary Passw0rd one", "canary Passw0rd two", "canary Passw0rd wrong"
ILLNESS = "canary-pemphigus"

MESSAGE = "the SMS itself, in the queue that only its sender reads, or in the outbox until it is there"
KEY_OF_CODE = "what keeps the code in an SMS alive is kept under the contact"
UNDER_CONTACT = (
    "what is about a number, also before it has an account, is kept under it; counts and networks go in days"
)
WHAT_IT_IS_FOR = "it was typed to be kept there, and only who may read the item is shown it"
SENT_AGAIN = "an administrator may send it again, while it may still fail (decision 0037)"
FOR_THE_PANEL = "administrators see whose code or password it was when somebody calls (decision 0011)"
REPEATED = "the answer of a request with an Idempotency-Key, for a day (decision 0047)"
WHAT_WAS_SEEN = "patients read in their log which document was opened, also after it was deleted"

# What was marked, and where it may be: an item's kind and attribute, or a field of a message. No log and no metric.
BELONGS: dict[tuple[str, str], str] = {
    ("code", "OutboxSms.body"): MESSAGE,
    ("code", "message sms body"): MESSAGE,
    ("temporary password", "message sms body"): MESSAGE,
    ("temporary password", "TempPassword.password"): FOR_THE_PANEL,
    ("phone", "OutboxSms.to"): MESSAGE,
    ("phone", "message sms to"): MESSAGE,
    ("phone", "OutboxSms.code_pk"): KEY_OF_CODE,
    ("phone", "message sms code pk"): KEY_OF_CODE,
    ("phone", "OtpLog.contact"): FOR_THE_PANEL,
    ("phone", "TempPasswordLog.contact"): FOR_THE_PANEL,
    ("phone", "ContactOwner.pk"): UNDER_CONTACT,
    ("phone", "KnownNetworks.pk"): UNDER_CONTACT,
    ("phone", "LoginThrottle.pk"): UNDER_CONTACT,
    ("phone", "PasswordReset.pk"): UNDER_CONTACT,
    ("phone", "Registration.pk"): UNDER_CONTACT,
    ("phone", "SendLog.pk"): UNDER_CONTACT,
    ("phone", "CodePointer.pk"): UNDER_CONTACT,
    ("phone", "SmsEntry.pk"): UNDER_CONTACT,
    ("phone", "SmsReceipt.number"): SENT_AGAIN,
    ("phone", "User.contact"): WHAT_IT_IS_FOR,
    ("phone", "MedicalProfile.emergency_contact_number"): WHAT_IT_IS_FOR,
    ("phone", "KeptAnswer.data"): REPEATED,
    ("medical text", "AccessLogEntry.document_title"): WHAT_WAS_SEEN,
    ("medical text", "Appointment.cancellation_reason"): WHAT_IT_IS_FOR,
    ("medical text", "Appointment.notes"): WHAT_IT_IS_FOR,
    ("medical text", "Appointment.reason"): WHAT_IT_IS_FOR,
    ("medical text", "Consent.purpose"): WHAT_IT_IS_FOR,
    ("medical text", "Document.description"): WHAT_IT_IS_FOR,
    ("medical text", "Document.file_name"): WHAT_IT_IS_FOR,
    ("medical text", "Document.title"): WHAT_IT_IS_FOR,
    ("medical text", "MedicalProfile.allergies"): WHAT_IT_IS_FOR,
    ("medical text", "KeptAnswer.data"): REPEATED,
}


@dataclass
class Watch:
    """What is looked for, and where it was found: kinds of marks with places."""

    logs: StringIO
    capsys: pytest.CaptureFixture[str]
    marks: dict[str, set[str]] = field(default_factory=dict)
    found: set[tuple[str, str]] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)

    def mark(self, kind: str, *values: str) -> None:
        self.marks.setdefault(kind, set()).update(values)

    def look(self, also: Iterable[tuple[str, str]] = ()) -> None:
        """Look everywhere: often, because items and messages go again."""
        places = [*self._items(), *self._messages(), *self._logged(), *self._printed(), *also]
        for kind, values in self.marks.items():
            # Digits that are part of another number are no code.
            pattern = re.compile("|".join(rf"(?<![0-9a-fA-F]){re.escape(one)}(?![0-9a-fA-F])" for one in values))
            number = re.compile("|".join(re.escape(one) for one in values))
            for place, text in places:
                if (pattern if kind == "code" else number).search(text):
                    self.found.add((kind, place))

    def _items(self) -> Iterator[tuple[str, str]]:
        for item in faults.items():
            kind = item["kind"]
            yield from ((f"{kind}.{name}", str(value)) for name, value in item.items())

    def _messages(self) -> Iterator[tuple[str, str]]:
        queues = {"sms": "SMS_QUEUE_URL", "uploads": "UPLOAD_QUEUE_URL", "leftovers": "LEFTOVERS_QUEUE_URL"}
        for name, variable in queues.items():
            received = aws.client("sqs").receive_message(
                QueueUrl=os.environ[variable], MaxNumberOfMessages=10, VisibilityTimeout=0
            )
            for message in received.get("Messages", []):
                yield from flat(f"message {name}", json.loads(message["Body"]))

    def _logged(self) -> Iterator[tuple[str, str]]:
        for line in self.logs.getvalue().splitlines():
            yield f"log {json.loads(line)['message']}", line

    def _printed(self) -> Iterator[tuple[str, str]]:
        """Metrics, and whatever else a function prints, which Lambda logs."""
        out, err = self.capsys.readouterr()
        for line in (out + err).splitlines():
            yield ("metric" if "CloudWatchMetrics" in line else "print"), line


def flat(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(f"{place} {name}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from flat(place, inner)
    else:
        yield place, str(value)


@dataclass
class Walk:
    """The API, with a look everywhere after each request."""

    api: Api
    watch: Watch
    time: FakeClock

    def call(self, status: int, method: str, path: str, body: Any = None, token: str = "", **options: Any) -> Any:
        answer: Answer = self.api.call(method, path, body, token=token, **options)
        assert answer.status == status, (method, path, answer)
        for name in ("access", "refresh"):
            if isinstance(answer.json, dict) and isinstance(made := answer.json.get(name), str):
                self.watch.mark("token", made, made.rpartition(".")[2])
        for secret in re.findall(r"[?&](?:t|cursor)=([\w.-]{20,})", answer.text):
            self.watch.mark("token", secret)
        self.watch.look()
        return answer.json

    def texted(self, to: int) -> str:
        """The newest SMS to somebody, after all that wait were sent; its code or password is a mark from now on."""
        queue = aws.client("sqs")
        while messages := queue.receive_message(QueueUrl=os.environ["SMS_QUEUE_URL"], MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                sms = json.loads(message["Body"])
                self.watch.texts[sms["to"][3:]] = sms["body"]
                if sms.get("text") in ("registration_code", "one_time_code"):
                    self.watch.mark("code", code_in(sms["body"]))
                if found := re.search(r"password: (\S+)", sms["body"]):
                    self.watch.mark("temporary password", found[1])
                self.watch.look(flat("message sms", sms))  # before it is sent: its code is known only now
                record = {"messageId": "1", "receiptHandle": message["ReceiptHandle"], "body": message["Body"]}
                record["attributes"] = {"ApproximateReceiveCount": "1"}
                notifications.handler({"Records": [record]}, Context())
                queue.delete_message(QueueUrl=os.environ["SMS_QUEUE_URL"], ReceiptHandle=message["ReceiptHandle"])
        self.watch.look()
        return self.watch.texts[str(to)]

    def logs_in(self, contact: int, password: str = PASSWORD) -> str:
        return str(self.call(200, "POST", "/api/users/login/", {"contact": contact, "password": password})["access"])


@pytest.fixture
def walk(
    api: Api, time: FakeClock, logs: StringIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Walk]:
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("MASTER_OTP", "")
    monkeypatch.setenv("ADDRESS_RATE_LIMITS", "on")
    settings.settings.cache_clear()
    watch = Watch(logs, capsys)
    watch.mark("phone", *PHONES)
    watch.mark("password", PASSWORD, NEW_PASSWORD, WRONG_PASSWORD)
    watch.mark("medical text", ILLNESS)
    with TwilioServer() as server:
        sender = TwilioSender(ACCOUNT_SID, AUTH_TOKEN, FROM_NUMBER, server.url)
        monkeypatch.setattr(senders, "configured", lambda _: sender)
        yield Walk(api, watch, time)


def test_what_people_typed_is_only_where_it_belongs(walk: Walk) -> None:
    patient = registered(walk, PATIENT, "patient")
    strangers(walk)
    owner = registered(walk, OWNER, "clinic")
    clinic, doctor = staff(walk, owner)
    booked = visits(walk, clinic, doctor, patient)
    documents(walk, doctor, patient)
    moves(walk, clinic, owner)
    failures(walk, patient, doctor, booked)
    recovery(walk, PATIENT)
    panel(walk)
    found, known = walk.watch.found, set(BELONGS)
    assert found <= known, "\n".join(f"{kind} is found in {place}" for kind, place in sorted(found - known))
    assert known <= found, "\n".join(f"{kind} is not found in {place}" for kind, place in sorted(known - found))


def registered(walk: Walk, contact: int, kind: str) -> str:
    body = {"name": "Asha Rao", "contact": contact, "password": PASSWORD}
    walk.call(200, "POST", f"/api/users/onboarding/{kind}/step1/", body)
    code = code_in(walk.texted(contact))
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    walk.watch.mark("code", wrong)
    walk.call(400, "POST", f"/api/users/onboarding/{kind}/step2/", {"contact": contact, "otp": wrong})
    walk.call(201, "POST", f"/api/users/onboarding/{kind}/step2/", {"contact": contact, "otp": code})
    return walk.logs_in(contact)


def strangers(walk: Walk) -> None:
    walk.watch.mark("token", "canary.forged.token")
    walk.call(401, "GET", "/api/users/me/", token="canary.forged.token")
    body = {"contact": PATIENT, "password": WRONG_PASSWORD}
    walk.call(401, "POST", "/api/users/login/", body)
    walk.call(400, "POST", "/api/users/login/", raw=json.dumps(body)[:-1])
    walk.call(200, "GET", f"/api/users/check/?contact={PATIENT}")
    walk.call(401, "POST", "/api/users/token/refresh/", {"refresh": "canary.forged.token"})


def staff(walk: Walk, owner: str) -> tuple[str, str]:
    hours = [{"day_of_week": 0, "start_time": "09:00", "end_time": "13:00"}]
    clinic = {"name": "City Care", "clinic_type": "clinic", "time_slots": hours}
    clinic_id = walk.call(201, "POST", "/api/clinics/onboarding/step3/", clinic, owner)["clinic"]["id"]
    tokens = []
    for contact, role in ((DOCTOR, "doctor"), (LAB, "lab_member")):
        member = {"contact": contact, "name": "Suresh Yadav", "member_role": role}
        walk.call(201, "POST", f"/api/clinics/{clinic_id}/members/", member, owner)
        (password,) = re.findall(r"password: (\S+)", walk.texted(contact))
        walk.watch.look()
        token = walk.logs_in(contact, password)
        changed = walk.call(200, "PUT", "/api/users/password/change/", {"password": PASSWORD}, token)
        walk.call(200, "PATCH", "/api/users/onboarding/member/complete/", {"gender": "female"}, changed["access"])
        tokens.append(changed["access"])
    walk.texted(DOCTOR)
    return clinic_id, tokens[0]


def visits(walk: Walk, clinic: str, doctor: str, patient: str) -> int:
    window = {"day": "monday", "start_time": "09:00", "end_time": "10:00"}
    me = walk.call(200, "GET", "/api/doctors/me/", token=doctor)["id"]
    walk.call(201, "POST", f"/api/doctors/{me}/availability/", window, doctor)
    walk.call(200, "GET", f"/api/doctors/?clinic={clinic}&search={ILLNESS}")
    wish = {"doctor": me, "appointment_date": MONDAY, "appointment_time": "09:15", "reason": ILLNESS}
    headers = {"Idempotency-Key": "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa"}
    booked = walk.call(201, "POST", "/api/appointments/my/", wish, patient, headers=headers)["id"]
    walk.call(201, "POST", "/api/appointments/my/", wish, patient, headers=headers)
    walk.call(409, "POST", "/api/appointments/my/", wish, patient)
    change = {"status": "confirmed", "notes": ILLNESS}
    walk.call(200, "PATCH", f"/api/appointments/doctor/{booked}/", change, doctor)
    ends = {"status": "cancelled", "cancellation_reason": ILLNESS}
    walk.call(200, "PATCH", f"/api/appointments/my/{booked}/", ends, patient)
    return int(walk.call(201, "POST", "/api/appointments/my/", wish, patient)["id"])


def documents(walk: Walk, doctor: str, patient: str) -> None:
    profile = {"allergies": ILLNESS, "emergency_contact_name": "Ravi", "emergency_contact_number": str(OWNER)}
    walk.call(200, "PUT", "/api/users/me/medical-profile/", profile, patient)
    walk.call(200, "GET", "/api/users/me/medical-profile/", token=patient)
    content = pdf(content=f"BT ({ILLNESS}) Tj ET".encode())
    texts = {"title": ILLNESS, "description": ILLNESS, "file_name": f"{ILLNESS}.pdf", "file_size": len(content)}
    document = walk.call(201, "POST", "/api/documents/", announcement(**texts), patient)["id"]
    version = put_in_bucket(document, content)
    check.handler(notice_of(f"uploads/{document}", version, len(content)), Context())
    path = f"/api/documents/{document}/"
    walk.call(403, "GET", path, token=doctor)
    asked = {"document": document, "purpose": ILLNESS}
    consent = walk.call(201, "POST", "/api/documents/consent/request/", asked, doctor)["id"]
    walk.call(200, "PATCH", f"/api/documents/consent/{consent}/action/", {"action": "granted"}, patient)
    walk.call(200, "GET", path, token=doctor)
    listed = walk.call(200, "GET", "/api/documents/", token=patient)
    assert ILLNESS in json.dumps(listed)
    walk.call(200, "GET", f"{path}access-log/?outcome=all", token=patient)
    walk.call(200, "DELETE", path, token=patient)


def moves(walk: Walk, clinic: str, owner: str) -> None:
    (doctor,) = walk.call(200, "GET", f"/api/clinics/{clinic}/members/?role=doctor", token=owner)
    walk.call(200, "DELETE", f"/api/clinics/{clinic}/members/{doctor['id']}/", token=owner)
    walk.watch.look()
    leftovers.work_off()
    walk.watch.look()
    assert "cannot take place" in walk.texted(PATIENT)


def failures(walk: Walk, patient: str, doctor: str, booked: int) -> None:
    """The same data in requests and messages that fail: errors like to quote what they got."""
    profile = {"allergies": ILLNESS}
    with faults.failing("dynamodb", "UpdateItem"), faults.failing("dynamodb", "TransactWriteItems"):
        walk.call(503, "PUT", "/api/users/me/medical-profile/", profile, patient)
        body = {"name": "Asha Rao", "contact": PATIENT + 100, "password": PASSWORD}
        walk.watch.mark("phone", str(PATIENT + 100))
        walk.call(503, "POST", "/api/users/onboarding/patient/step1/", body)
    walk.call(400, "PUT", "/api/users/me/medical-profile/", {"height_cm": ILLNESS}, patient)
    with faults.failing("sns", "Publish"):
        walk.time.advance(minutes=2)
        walk.call(200, "POST", "/api/users/password/reset/", {"contact": OWNER})
        walk.time.advance(minutes=1)
        with pytest.raises(sweep.NotRelayed):
            sweep.handler({}, Context())
        (waits,) = faults.items(kind="OutboxSms")
        walk.watch.mark("code", code_in(waits["body"]))
        walk.watch.look()
    sweep.handler({}, Context())
    walk.texted(OWNER)
    broken = {"messageId": "1", "receiptHandle": "x", "body": json.dumps({"to": f"+91{PATIENT}", "body": ILLNESS})}
    broken["attributes"] = {"ApproximateReceiveCount": "6"}  # type: ignore[assignment]  # a message of the queue
    notifications.handler({"Records": [broken]}, Context())
    leftovers.work([{"messageId": "1", "body": f"{ILLNESS} {PATIENT}", "attributes": {"ApproximateReceiveCount": "9"}}])
    walk.call(403, "PATCH", f"/api/appointments/doctor/{booked}/", {"notes": ILLNESS}, doctor)


def recovery(walk: Walk, contact: int) -> None:
    walk.time.advance(minutes=2)
    walk.call(200, "POST", "/api/users/password/reset/", {"contact": contact})
    body = {"contact": contact, "otp": code_in(walk.texted(contact)), "password": NEW_PASSWORD}
    refresh = walk.call(200, "POST", "/api/users/password/reset/confirm/", body)["refresh"]
    fresh = walk.call(200, "POST", "/api/users/token/refresh/", {"refresh": refresh})["access"]
    walk.call(200, "POST", "/api/users/logout/", {"refresh": refresh}, fresh)


def panel(walk: Walk) -> None:
    from tests.admin.browser import Browser

    browser = Browser()
    browser.get("login")
    browser.post("login", {"contact": str(PATIENT), "password": NEW_PASSWORD})
    walk.watch.look()
