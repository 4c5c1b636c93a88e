"""What functions do that no client waits for: senders, sweeps, and workers of queues and of the clock."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from appointments import leftovers as appointment_leftovers
from appointments import reminding
from documents import check
from notifications import app, exotel_status, receipts, sweep
from notifications.schemas import SmsMessage
from quickcare import aws, settings
from quickcare.clinic import leftovers
from quickcare.db import table
from quickcare.db.items import Membership, PasswordReset, ReminderCursor
from quickcare.db.items.appointment import minute_of
from quickcare.db.items.sms import LiveCode, OutboxSms
from quickcare.db.operations import Create, Delete, Put
from quickcare.sms import outbox, texts
from quickcare.sms.texts import Text
from records import export
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from tests import leftovers as queue_of_leftovers
from tests import roles
from tests.changes.scene import Change, Scene, empty_bucket
from tests.documents.filing import DOCUMENTS, PDF, Filing, notice_of, put_in_bucket
from tests.notifications.test_dlt import complete
from tests.notifications.test_long_outage import redriven
from tests.town import person_of

PUBLIC = "https://qck.in"
EVENING = timedelta(hours=6, minutes=31)  # after the town was built, when the reminders of Monday are due
OF_EXOTEL = {"account_sid": "quickcare1", "api_key": "key", "api_token": "token", "subdomain": "api.in.exotel.com"}
Call = Callable[[], int]


def lasting(module: str) -> float:
    """The seconds that a function may run."""
    functions = roles.resolved().resources("AWS::Serverless::Function")
    return float(next(one["Timeout"] for _, one in functions if one["Handler"] == f"{module}.handler"))


class Worker(NamedTuple):
    """A function that works on the event that `event` makes in the town."""

    name: str
    module: Any
    event: Callable[[Scene], dict[str, Any]]
    is_sending: bool = False

    @property
    def change(self) -> Change:
        seconds = lasting(self.module.__name__)

        def ready(scene: Scene) -> Call:
            event = self.event(scene)

            def run() -> int:
                aws._secrets.clear()  # as in a new process
                return scene.work(self.module.handler, event, seconds)

            return run

        return Change(self.name, ready, seconds, is_worker=True, is_sending=self.is_sending)


def record(body: dict[str, Any], number: int = 1) -> dict[str, Any]:
    """A message as Lambda gets it from a queue, at its first try."""
    known = {"messageId": str(number), "receiptHandle": "r", "attributes": {"ApproximateReceiveCount": "1"}}
    return {**known, "body": json.dumps(body)}


# SMS


def written(scene: Scene, text: Text, code: LiveCode | None = None) -> OutboxSms:
    """An SMS to a patient of the town, as a request has written it."""
    item = outbox.sms(scene.town.here.people["patient"].contact, text, "en", scene.time.now, code)
    table.write(**outbox.accepted(item))
    return item


def message_of(item: OutboxSms) -> dict[str, Any]:
    """What the request publishes of it, and takes it out of the outbox."""
    table.write(outbox=Delete(item.place))
    return {"id": item.message_id, "to": item.to, "body": item.body, "text": item.text, "language": item.language}


def sms_by(provider: str) -> Callable[[Scene], dict[str, Any]]:
    def prepare(scene: Scene) -> dict[str, Any]:
        scene.set(SMS_PROVIDER=provider, PUBLIC_URL=PUBLIC, DLT_SECRET="dlt")
        keep_secret("dlt", complete())
        keep_secret("twilio", {"account_sid": "AC1", "auth_token": "token", "phone_number": "+15005550006"})
        keep_secret("exotel", OF_EXOTEL)
        return {"Records": [record(message_of(written(scene, texts.document_granted("Asha"))))]}

    return prepare


def keep_secret(name: str, value: dict[str, Any]) -> None:
    client = aws.client("secretsmanager")
    try:
        client.create_secret(Name=name, SecretString=json.dumps(value))
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId=name, SecretString=json.dumps(value))


def sms_with_dead_code(scene: Scene) -> dict[str, Any]:
    """Its code was used, so the sender drops it."""
    scene.set(SMS_PROVIDER="sns")
    dead = LiveCode.at(PasswordReset.key(9876500000), scene.time.now + timedelta(minutes=10))
    body = message_of(written(scene, texts.one_time_code("123456", 10), dead))
    return {"Records": [record(body | {"code": {**dead._asdict(), "expires_at": dead.expires_at.isoformat()}})]}


def twilio_report(scene: Scene) -> Call:
    """Twilio tells that an SMS could not be delivered."""
    scene.set(PUBLIC_URL=PUBLIC, SMS_PROVIDER="twilio", TWILIO_SECRET="twilio")
    keep_secret("twilio", {"account_sid": "AC1", "auth_token": "token", "phone_number": "+15005550006"})
    message = SmsMessage.model_validate(message_of(written(scene, texts.document_granted("Asha"))))
    receipts.claim(message, scene.time.now)
    receipts.mark_sent(message, "twilio", "SM1", scene.time.now)
    path, fields = f"/api/notifications/twilio/{message.id}/", {"MessageSid": "SM1", "MessageStatus": "undelivered"}
    signature = RequestValidator("token").compute_signature(f"{PUBLIC}{path}", fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}

    def report() -> int:
        aws._secrets.clear()
        return scene.api.call("POST", path, raw=urlencode(fields), headers=headers).status

    return report


def exotel_report(scene: Scene) -> Call:
    """Exotel tells that an SMS could not be delivered."""
    scene.set(SMS_PROVIDER="exotel", EXOTEL_SECRET="exotel")
    keep_secret("exotel", OF_EXOTEL)
    message = SmsMessage.model_validate(message_of(written(scene, texts.document_granted("Asha"))))
    receipts.claim(message, scene.time.now)
    receipts.mark_sent(message, "exotel", "EX1", scene.time.now)
    path = f"/api/notifications/exotel/{message.id}/{exotel_status.proof(OF_EXOTEL['api_token'], str(message.id))}/"
    fields = {"SmsSid": "EX1", "Status": "failed"}

    def report() -> int:
        aws._secrets.clear()
        return scene.api.call("POST", path, raw=urlencode(fields)).status

    return report


def full_outbox(scene: Scene) -> dict[str, Any]:
    """A job, an SMS and one whose code has expired wait in the outbox, and another such among the dead letters."""
    expired = LiveCode.at(PasswordReset.key(9876500000), scene.time.now + timedelta(seconds=1))
    written(scene, texts.document_granted("Asha"))
    written(scene, texts.one_time_code("123456", 10), expired)
    table.write(job=Create(leftovers.of_doctor(scene.town.here.ids["doctor_id"], scene.time.now)))
    letter = message_of(written(scene, texts.one_time_code("123456", 10), expired))
    letter["code"] = {**expired._asdict(), "expires_at": expired.expires_at.isoformat()}
    redriven()
    aws.client("sqs").send_message(QueueUrl=settings.settings().sms_dead_letters_url, MessageBody=json.dumps(letter))
    scene.time.advance(minutes=1)
    return {}


# Appointments


def doctor_left(scene: Scene) -> dict[str, Any]:
    here = scene.town.here
    membership = table.fetch(Membership.key(here.people["doctor"].id, here.ids["clinic_id"]))
    assert membership
    path = f"/api/clinics/{here.ids['clinic_id']}/members/{membership.id}/"
    assert scene.api.delete(path, here.people["owner"].token).status == 200
    return {"Records": queue_of_leftovers.received()}


def clinic_deleted(scene: Scene) -> dict[str, Any]:
    here = scene.town.here
    assert scene.api.delete(f"/api/clinics/{here.ids['clinic_id']}/", here.people["owner"].token).status == 200
    return {"Records": queue_of_leftovers.received()}


def evening(scene: Scene) -> dict[str, Any]:
    """It is the evening before the appointments of the town."""
    scene.set(PUBLIC_URL=PUBLIC)
    scene.time.now = scene.began + EVENING
    last = scene.time.now - timedelta(minutes=2)
    table.write(cursor=Put(ReminderCursor.key().item(minute=minute_of(last))))
    return {}


# Documents


def uploaded(content: bytes) -> Callable[[Scene], dict[str, Any]]:
    """A patient has announced a document and sent these bytes."""

    def prepare(scene: Scene) -> dict[str, Any]:
        document_id = Filing(scene.api).pending_document_of(person_of(scene.town.here.people["patient"]))
        event = notice_of(f"uploads/{document_id}", put_in_bucket(document_id, content), len(content))
        return {"Records": [{**record({}), **event["Records"][0]}]}

    return prepare


def deleted(scene: Scene) -> dict[str, Any]:
    """A document was deleted, and its object is still there."""
    document_id, patient = scene.town.here.ids["doc_id"], scene.town.here.people["patient"]
    assert scene.api.delete(f"{DOCUMENTS}{document_id}/", patient.token).status == 200
    bucket = settings.settings().documents_bucket
    aws.client("s3").put_object(Bucket=bucket, Key=f"documents/{document_id}/1", Body=PDF)
    return {"Records": [record({"document_id": document_id})]}


def night(scene: Scene) -> dict[str, Any]:
    """It is the night after the town was built, and nothing of it is exported."""
    name, client = settings.settings().records_bucket, aws.client("s3")
    if name not in [one["Name"] for one in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    empty_bucket(name)
    scene.time.advance(days=1)
    return {}


OF_QUEUES = [
    *(Worker(f"an SMS by {name}", app, sms_by(name), is_sending=True) for name in ("sns", "twilio", "exotel")),
    Worker("an SMS with a dead code", app, sms_with_dead_code),
    Worker("leftovers of a doctor", appointment_leftovers, doctor_left),
    Worker("leftovers of a clinic", appointment_leftovers, clinic_deleted),
    Worker("the check of a PDF", check, uploaded(PDF)),
    Worker("the check of another file", check, uploaded(b"no PDF")),
    Worker("the objects of a deleted document", check, deleted),
]
OF_CLOCK = [
    Worker("the sweep", sweep, full_outbox),
    Worker("reminders", reminding, evening),
    Worker("the export of records", export, night),
]
OF_PROVIDERS = [Change("a report of Twilio", twilio_report), Change("a report of Exotel", exotel_report)]
ALL = [*(one.change for one in OF_QUEUES + OF_CLOCK), *OF_PROVIDERS]
