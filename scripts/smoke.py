"""Checks over HTTP of what must work on every deployed stack. Each walk is a function; WALKS lists them."""

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from pypdf import PdfWriter

PATIENT, OWNER, DOCTOR, LAB_MEMBER, PASSWORD = 9876543210, 9876543211, 9876543212, 9876543213, "secret123"
_PATIENCE = 120  # seconds that something asynchronous may take


class SmokeError(Exception):
    """The stack did not do what it should; the message says what it did."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its API's address, physical ids by logical id, and boto3 clients by service name."""

    url: str
    resources: Mapping[str, str]
    client: Callable[[str], Any]
    master_otp: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))

    def call(self, status: int, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """The JSON answer. Raises SmokeError when its status is another."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.http.request(method, f"{self.url}{path}", json=body, headers=headers)
        if answer.status_code != status:
            raise SmokeError(f"{method} {path} answered {answer.status_code} instead of {status}: {answer.text[:500]}")
        return answer.json() if answer.content else None


class SmsTap:
    """A second queue at the SMS topic. It shows every SMS that was published, whatever provider the stack has."""

    def __init__(self, stack: Stack) -> None:
        self._sqs, topic = stack.client("sqs"), stack.resources["SmsTopic"]
        self._url = self._sqs.create_queue(QueueName="quickcare-smoke-tap")["QueueUrl"]
        wanted = {"QueueUrl": self._url, "AttributeNames": ["QueueArn"]}
        arn = self._sqs.get_queue_attributes(**wanted)["Attributes"]["QueueArn"]
        statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
        statement |= {"Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        raw = {"RawMessageDelivery": "true"}
        stack.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)

    def next(self, to: int) -> dict[str, str]:
        """The next SMS `{"id", "to", "body"}` to a contact; others are dropped. Raises SmokeError."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            for message in self._sqs.receive_message(QueueUrl=self._url, WaitTimeSeconds=1).get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                sms: dict[str, str] = json.loads(message["Body"])
                if sms["to"].endswith(str(to)):
                    return sms
        raise SmokeError(f"no SMS within {_PATIENCE} s")


def code_in(sms: Mapping[str, str]) -> str:
    """The six digits of an SMS."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", sms["body"])
    if not found:
        raise SmokeError("the SMS has no code")
    return found[0]


def accounts(stack: Stack, tap: SmsTap) -> str:
    """A patient registers with the master code, logs in, reads their account and refreshes the token."""
    step1 = {"name": "Asha Rao", "contact": PATIENT, "password": PASSWORD}
    stack.call(200, "POST", "/api/users/onboarding/patient/step1/", step1)
    sent(stack, tap.next(PATIENT))
    registered = stack.call(
        201, "POST", "/api/users/onboarding/patient/step2/", {"contact": PATIENT, "otp": stack.master_otp}
    )
    tokens = stack.call(200, "POST", "/api/users/login/", {"contact": PATIENT, "password": PASSWORD})
    me = stack.call(200, "GET", "/api/users/me/", token=tokens["access"])
    if (me["id"], me["contact"]) != (registered["user"]["id"], PATIENT):
        raise SmokeError("me/ is somebody else")
    fresh = stack.call(200, "POST", "/api/users/token/refresh/", {"refresh": tokens["refresh"]})
    stack.call(200, "GET", "/api/users/me/", token=fresh["access"])
    return "registered, logged in, read themselves, refreshed"


def strangers(stack: Stack, tap: SmsTap) -> str:
    """Requests without a valid token are refused."""
    for token in (None, "nonsense", "a.b.c"):
        stack.call(401, "GET", "/api/users/me/", token=token)
    return "no token, nonsense and a forged token: 401"


def codes(stack: Stack, tap: SmsTap) -> str:
    """A clinic's owner registers with the code of the SMS, which works only once."""
    step1 = {"name": "Bina Shah", "contact": OWNER, "password": PASSWORD}
    stack.call(200, "POST", "/api/users/onboarding/clinic/step1/", step1)
    sms = tap.next(OWNER)
    sent(stack, sms)  # before the code is used: afterwards it would be dropped
    step2 = {"contact": OWNER, "otp": code_in(sms)}
    stack.call(201, "POST", "/api/users/onboarding/clinic/step2/", step2)
    stack.call(400, "POST", "/api/users/onboarding/clinic/step2/", step2)
    return "a clinic owner registered with the code of the SMS"


def left_behind(stack: Stack, tap: SmsTap) -> str:
    """The sweep relays an SMS that its request did not publish."""
    message_id, table = str(uuid.uuid4()), stack.resources["Table"]
    item = {"pk": "OUTBOX", "sk": f"2026-01-01T00:00:00.000000Z#{message_id}", "kind": "OutboxSms"}
    item |= {"to": f"+91{OWNER}", "body": "Your QuickCare clinic is ready."}
    stack.client("dynamodb").put_item(TableName=table, Item={name: {"S": value} for name, value in item.items()})
    event = (Path(__file__).parent.parent / "events" / "sweep-schedule.json").read_bytes()
    answer = stack.client("lambda").invoke(FunctionName=stack.resources["SweepFunction"], Payload=event)
    if "FunctionError" in answer:
        raise SmokeError(f"the sweep failed: {answer['Payload'].read().decode()[:500]}")
    sms = tap.next(OWNER)
    if sms["id"] != message_id:
        raise SmokeError("the sweep published another SMS")
    sent(stack, sms)
    left = stack.client("dynamodb").query(
        TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "OUTBOX"}}
    )
    if left["Count"]:
        raise SmokeError(f"{left['Count']} SMS are still in the outbox")
    return "the sweep published an SMS, and the outbox is empty"


def staff(stack: Stack, tap: SmsTap) -> str:
    """An owner completes step 3 and adds a lab member, who logs in with the password of the SMS and does so too."""
    owner = log_in(stack, OWNER, PASSWORD)
    hours = [{"day_of_week": 0, "start_time": "09:00", "end_time": "13:00"}]
    clinic = {"name": "Sunrise Diagnostics", "clinic_type": "diagnostic_center", "city": "Jaipur", "time_slots": hours}
    made = stack.call(201, "POST", "/api/clinics/onboarding/step3/", clinic, owner)["clinic"]["id"]
    stack.call(400, "POST", "/api/clinics/onboarding/step3/", clinic, owner)
    member = {"contact": LAB_MEMBER, "name": "Lata Das", "member_role": "lab_member"}
    stack.call(201, "POST", f"/api/clinics/{made}/members/", member, owner)
    sms = tap.next(LAB_MEMBER)
    sent(stack, sms)
    token = log_in(stack, LAB_MEMBER, temporary_password_in(sms))
    stack.call(200, "PATCH", "/api/users/onboarding/member/complete/", {"gender": "female"}, token)
    found = stack.call(200, "GET", "/api/clinics/public/?search=sunrise&city=jaipur")["results"]
    if [(one["id"], one["staff_count"]) for one in found] != [(made, 1)]:
        raise SmokeError(f"browsing finds {found}")
    return "step 3, a member by SMS, who completed onboarding; found by search"


def visits(stack: Stack, tap: SmsTap) -> str:
    """An owner creates a clinic and adds a doctor with slots; a patient books one, gets an SMS and cancels it."""
    owner, patient = log_in(stack, OWNER, PASSWORD), log_in(stack, PATIENT, PASSWORD)
    clinic = stack.call(201, "POST", "/api/clinics/", {"name": "City Care", "clinic_type": "clinic"}, owner)["id"]
    member = {"contact": DOCTOR, "name": "Dr. Suresh Yadav", "member_role": "doctor"}
    stack.call(201, "POST", f"/api/clinics/{clinic}/members/", member, owner)
    doctor = log_in(stack, DOCTOR, temporary_password_in(tap.next(DOCTOR)))
    day = date.today() + timedelta(days=7)  # noqa: DTZ011 - any day of next week
    window = {"day": day.strftime("%A").lower(), "start_time": "09:00", "end_time": "10:00"}
    doctor_id = stack.call(200, "GET", "/api/doctors/me/", token=doctor)["id"]
    stack.call(201, "POST", f"/api/doctors/{doctor_id}/availability/", window, doctor)
    found = stack.call(200, "GET", f"/api/doctors/?clinic={clinic}&search=yadav")["results"]
    if [one["id"] for one in found] != [doctor_id]:
        raise SmokeError(f"the list of doctors shows {found}")
    wish = {"doctor": doctor_id, "appointment_date": day.isoformat(), "appointment_time": "09:15"}
    booked = stack.call(201, "POST", "/api/appointments/my/", wish, patient)["id"]
    sent(stack, tap.next(PATIENT))
    free = stack.call(200, "GET", f"/api/doctors/{doctor_id}/availability/slots/?date={day}")["available_slots"]
    if free != ["09:00", "09:30", "09:45"]:
        raise SmokeError(f"the slots that are left are {free}")
    stack.call(409, "POST", "/api/appointments/my/", wish, patient)
    stack.call(200, "PATCH", f"/api/appointments/doctor/{booked}/", {"status": "confirmed"}, doctor)
    shown = stack.call(200, "GET", f"/api/appointments/clinic/{clinic}/dashboard/?date={day}", token=owner)
    if shown["summary"]["confirmed"] != 1:
        raise SmokeError(f"the dashboard shows {shown['summary']}")
    stack.call(200, "PATCH", f"/api/appointments/my/{booked}/", {"status": "cancelled"}, patient)
    stack.call(201, "POST", "/api/appointments/my/", wish, patient)
    return "booked, refused a second time, confirmed, seen by the owner, cancelled, booked again"


def documents(stack: Stack, tap: SmsTap) -> str:
    """A patient uploads to S3; a doctor can open the document only while they have consent; the access log has it."""
    patient, me = log_in(stack, PATIENT, PASSWORD), {"contact": DOCTOR, "otp": stack.master_otp}
    stack.call(200, "POST", "/api/users/password/reset/", {"contact": DOCTOR})
    confirmed = stack.call(200, "POST", "/api/users/password/reset/confirm/", {**me, "password": PASSWORD})
    doctor, content = confirmed["access"], _pdf()
    announced = {"title": "CBC", "document_type": "lab_report", "file_name": "cbc.pdf", "file_size": len(content)}
    document = stack.call(201, "POST", "/api/documents/", announced, patient)
    path, target = f"/api/documents/{document['id']}/", document["upload"]
    files = {"file": ("cbc.pdf", content, "application/pdf")}
    landed = stack.http.post(target["url"], data=target["fields"], files=files)
    if landed.status_code != 204:
        raise SmokeError(f"S3 answered {landed.status_code} to the upload: {landed.text[:500]}")
    deadline = time.monotonic() + _PATIENCE
    while (shown := stack.call(200, "GET", path, token=patient))["upload_status"] == "pending":
        if time.monotonic() > deadline:
            raise SmokeError(f"the upload was not checked within {_PATIENCE} s")
        time.sleep(0.2)
    stack.call(403, "GET", path, token=doctor)
    asked = stack.call(201, "POST", "/api/documents/consent/request/", {"document": document["id"]}, doctor)
    action = f"/api/documents/consent/{asked['id']}/action/"
    stack.call(200, "PATCH", action, {"action": "granted"}, patient)
    for url in (shown["file"], stack.call(200, "GET", path, token=doctor)["file"]):
        if stack.http.get(url).content != content:
            raise SmokeError("the document's URL does not give back what was uploaded")
    stack.call(200, "PATCH", action, {"action": "revoked"}, patient)
    stack.call(403, "GET", path, token=doctor)
    log = stack.call(200, "GET", f"{path}access-log/?outcome=all", token=patient)
    if [entry["outcome"] for entry in log][:3] != ["denied", "allowed", "denied"]:
        raise SmokeError(f"the access log shows {log}")
    return "uploaded to S3, checked, refused, granted, downloaded, revoked, refused; all on record"


def moves(stack: Stack, tap: SmsTap) -> str:
    """An owner removes the doctor; the booked appointment needs attention, the patient is told, the owner ends it."""
    owner, patient = log_in(stack, OWNER, PASSWORD), log_in(stack, PATIENT, PASSWORD)
    booked = stack.call(200, "GET", "/api/appointments/my/?status=pending", token=patient)[0]
    clinic = booked["clinic"]["id"]
    (doctor,) = stack.call(200, "GET", f"/api/clinics/{clinic}/members/?role=doctor", token=owner)
    gone = stack.call(200, "DELETE", f"/api/clinics/{clinic}/members/{doctor['id']}/", token=owner)
    if gone["conflicting_appointments"] != [booked["id"]]:
        raise SmokeError(f"removing the doctor names {gone['conflicting_appointments']}")
    deadline = time.monotonic() + _PATIENCE
    listed = f"/api/appointments/clinic/{clinic}/"
    while not (left := stack.call(200, "GET", f"{listed}?needs_attention=true", token=owner)):
        if time.monotonic() > deadline:
            raise SmokeError(f"the worker took nothing out within {_PATIENCE} s")
        time.sleep(0.2)
    while "cannot take place" not in (sms := tap.next(PATIENT))["body"]:
        continue
    sent(stack, sms)
    ended = stack.call(200, "PATCH", f"{listed}{left[0]['id']}/", {"status": "cancelled"}, owner)
    if (left[0]["needs_attention"], ended["cancelled_by"]) != ("doctor_left", "clinic"):
        raise SmokeError(f"the appointment is {ended}")
    return "the doctor left, the patient was told, the owner ended the appointment"


def _pdf() -> bytes:
    """A blank page."""
    writer, file = PdfWriter(), BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(file)
    return file.getvalue()


def log_in(stack: Stack, contact: int, password: str) -> str:
    """The access token."""
    token: str = stack.call(200, "POST", "/api/users/login/", {"contact": contact, "password": password})["access"]
    return token


def temporary_password_in(sms: Mapping[str, str]) -> str:
    """The password of an SMS to new staff. Raises SmokeError."""
    found = re.search(r"password: (\S+)", sms["body"])
    if not found:
        raise SmokeError("the SMS has no temporary password")
    return found[1]


def sent(stack: Stack, sms: Mapping[str, str]) -> None:
    """Wait until the notifications function has the receipt of an SMS. Raises SmokeError."""
    table = stack.client("dynamodb")
    key = {"pk": {"S": f"SMS#{sms['id']}"}, "sk": {"S": "RECEIPT"}}
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        receipt = table.get_item(TableName=stack.resources["Table"], Key=key, ConsistentRead=True).get("Item", {})
        if "sent_at" in receipt:
            return
        time.sleep(0.2)
    raise SmokeError(f"the notifications function did not send an SMS within {_PATIENCE} s")


def documentation(stack: Stack, tap: SmsTap) -> str:
    """The OpenAPI document names this stack as its server, and both pages have their files."""
    document = stack.call(200, "GET", "/api/schema/")
    server = document["servers"][0]["url"]
    # The emulator serves a stage elsewhere than its events say.
    if server.rpartition("/")[2] != stack.url.rpartition("/")[2]:
        raise SmokeError(f"the document's server is {server} instead of {stack.url}")
    for page in ("docs", "redoc"):
        html = stack.http.get(f"{stack.url}/api/{page}/").text
        for name in re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', html):
            file = stack.http.get(f"{stack.url}/api/docs/{name}")
            if file.status_code != 200 or not file.text:
                raise SmokeError(f"{name} of /api/{page}/ answered {file.status_code}")
    return f"{len(document['paths'])} paths, Swagger UI and Redoc with their files"


def panel(stack: Stack, _: SmsTap) -> str:
    """The admin panel shows strangers its login and nothing else.

    Its function is called as API Gateway calls it, because the emulated one has no routes for any method.
    """
    for path, status in (("login", 200), ("static/panel.css", 200), ("users", 303), ("nowhere", 404)):
        event = {
            "httpMethod": "GET",
            "path": f"/admin/{path}",
            "pathParameters": {"proxy": path},
            "requestContext": {"path": f"/dev/admin/{path}", "identity": {"sourceIp": "203.0.113.7"}},
        }
        payload = json.dumps({"headers": {}, "queryStringParameters": None, "body": None, **event})
        invoked = stack.client("lambda").invoke(FunctionName=stack.resources["AdminFunction"], Payload=payload)
        answer = json.loads(invoked["Payload"].read())
        if answer.get("statusCode") != status:
            raise SmokeError(f"/admin/{path} answered {str(answer)[:500]} instead of {status}")
    return "strangers see the login only"


WALKS = (accounts, strangers, codes, left_behind, staff, visits, documents, moves, panel, documentation)


def run(stack: Stack, say: Callable[[str, float], None]) -> None:
    """Every walk, in order. Raises SmokeError at the first that fails."""
    tap = SmsTap(stack)
    for walk in WALKS:
        started = time.monotonic()
        try:
            done = walk(stack, tap)
        except httpx.HTTPError as error:
            raise SmokeError(f"{walk.__name__}: {type(error).__name__}: {error}") from None
        say(f"  {walk.__name__.replace('_', ' ')}: {done}", started)
