"""The jobs of the worker that takes out appointments which can no longer take place (invariant 7).

A job is written in the transaction of what causes it and relayed to the queue afterwards (`db.outbox`). It says
only where to look: the worker decides by what it finds, so a job may come twice, late, or after another one.
"""

import json
from datetime import datetime

from quickcare import aws, ids
from quickcare.db import keys, outbox
from quickcare.db.item import Key
from quickcare.db.items import Job
from quickcare.observability import correlation_id, following
from quickcare.settings import settings

DOCTOR, CLINIC = "doctor", "clinic"


def of_doctor(doctor_id: int, now: datetime) -> Job:
    """The unsaved job for a doctor who begins or ends to work in a clinic."""
    return Job.key(ids.timestamp_key(now)).item(about=DOCTOR, about_id=str(doctor_id), correlation_id=correlation_id())


def of_clinic(clinic_id: str, now: datetime) -> Job:
    """The unsaved job for a clinic that its owner deletes."""
    return Job.key(ids.timestamp_key(now)).item(about=CLINIC, about_id=clinic_id, correlation_id=correlation_id())


def relay(job: Job | None) -> bool:
    """Put a committed job into the queue; nothing for None. Never raises (see `outbox.relay`)."""
    if job is None:
        return True
    about, about_id = job.about, job.about_id
    with following(job.correlation_id):
        return outbox.relay(Key(Job, job.pk, job.sk), lambda: send(about, about_id), "JobRelayFailed", about=about)


def send(about: str, about_id: str) -> None:
    """Put a job into the queue, behind those that wait there. Raises botocore's errors."""
    body = json.dumps({"about": about, "id": about_id, "correlation_id": correlation_id()})
    aws.client("sqs").send_message(QueueUrl=settings().leftovers_queue_url, MessageBody=body)


def pending(before: datetime, limit: int) -> list[Job]:
    """The jobs that were accepted before an instant and never relayed, oldest first, at most `limit`."""
    return outbox.pending(Job, keys.shards(keys.JOBS), before, limit)
