"""Messages of queues come twice and in another order, as SQS may deliver them: it ends as if each had come once."""

import json
from typing import Any

import pytest
from appointments import leftovers
from documents import check
from notifications import app
from quickcare import aws, settings

from tests.changes import workers
from tests.changes.aftermath import Look, keys_without_document
from tests.changes.scene import DONE, Scene
from tests.changes.workers import Worker, record
from tests.documents.filing import PDF, Filing, keys_in_bucket, notice_of, put_in_bucket, status_of
from tests.documents.pdfs import pdf
from tests.faults import items
from tests.outages import clock, watched
from tests.outages.test_killed import counts, final
from tests.outages.test_outages import moto, scene, sendings, there_is
from tests.town import person_of, stored

__all__ = ["clock", "moto", "scene", "there_is"]


def once(records: list[Any]) -> list[list[Any]]:
    return [records]


def twice_in_a_batch(records: list[Any]) -> list[list[Any]]:
    return [[*records, *records[::-1]]]


def twice(records: list[Any]) -> list[list[Any]]:
    return [records, records]


@pytest.mark.parametrize("worker", workers.OF_QUEUES, ids=lambda one: one.name)
def test_a_message_that_comes_twice_is_done_once(scene: Scene, worker: Worker) -> None:
    ends = []
    for delivered in (once, twice_in_a_batch, twice):
        scene.begin_anew()
        records, before = worker.event(scene)["Records"], stored()
        with watched(scene.clock) as services:
            for batch in delivered(records):
                assert scene.work(worker.module.handler, {"Records": batch}, 60) == DONE
        scene.settle()
        now = stored()
        assert Look(scene).findings(before, now) == keys_without_document(now) == []
        ends.append((final(before, now), counts(scene.published()), sendings(services) if worker.is_sending else 0))
    assert ends[0] == ends[1] == ends[2]


def test_of_two_codes_the_old_one_that_comes_late_is_not_sent(scene: Scene) -> None:
    scene.begin_anew()
    scene.set(SMS_PROVIDER="sns")
    # GIVEN somebody who asked for a code twice
    messages = [asked_for_code(scene) for _ in range(2)]
    # WHEN the messages come in the other order
    with watched(scene.clock) as services:
        for one in messages[::-1]:
            assert scene.work(app.handler, {"Records": [record(one)]}, 60) == DONE
    # THEN only the code that counts was sent
    states = {item["pk"].removeprefix("SMS#"): item["state"] for item in items(kind="SmsReceipt")}
    assert [states[one["id"]] for one in messages] == ["replaced", "sent"]
    assert sendings(services) == 1


def asked_for_code(scene: Scene) -> dict[str, Any]:
    scene.time.advance(minutes=2)
    body = {"contact": scene.town.here.people["patient"].contact}
    assert scene.api.post("/api/users/password/reset/", body).status == 200
    client, url = aws.client("sqs"), settings.settings().sms_queue_url
    (message,) = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    sms: dict[str, Any] = json.loads(message["Body"])
    return sms


def test_of_two_uploads_the_old_one_that_comes_late_changes_nothing(scene: Scene) -> None:
    scene.begin_anew()
    document_id = Filing(scene.api).pending_document_of(person_of(scene.town.here.people["patient"]))
    notices = [
        notice_of(f"uploads/{document_id}", put_in_bucket(document_id, content), len(content))
        for content in (pdf(pages=2), PDF)
    ]
    for one in notices[::-1]:
        assert scene.work(check.handler, one, 60) == DONE
    (key,) = keys_in_bucket()
    kept = aws.client("s3").get_object(Bucket=settings.settings().documents_bucket, Key=key)["Body"].read()
    assert (status_of(document_id), kept) == ("available", PDF)


def test_jobs_about_the_same_appointments_may_come_in_any_order(scene: Scene) -> None:
    """The doctor leaves, then their clinic is deleted."""
    for in_order in (1, -1):
        scene.begin_anew()
        before, jobs = stored(), both_jobs(scene)
        assert len(jobs) > 1
        for one in jobs[::in_order]:
            assert scene.work(leftovers.handler, {"Records": [one]}, 60) == DONE
        scene.settle()
        assert Look(scene).findings(before, stored()) == []
        assert {item["status"] for item in appointments_here(scene)} == {"cancelled"}


def both_jobs(scene: Scene) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = workers.doctor_left(scene)["Records"]
    return [*records, *workers.clinic_deleted(scene)["Records"]]


def appointments_here(scene: Scene) -> list[dict[str, Any]]:
    return items(kind="Appointment", clinic_id=scene.town.here.ids["clinic_id"])
