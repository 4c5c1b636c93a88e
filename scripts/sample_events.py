"""The events of `events/`, and the people, clinic, appointments and documents that they speak of.

In the files stand names for these: ids, a session, a token, a date. `Samples` plays on a local server what made them,
and puts the real ones in.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from demo.client import Client, Panel
from demo.opening import complete, employ, register
from demo.pdf import page
from demo.people import Person
from devserver.settings import MASTER_OTP, SUPERADMIN

EVENTS = Path(__file__).resolve().parent.parent / "events"
PUBLIC_URL, TWILIO_TOKEN = "https://api.example.org", "0123456789abcdef0123456789abcdef"
_HEAD = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEiLCJ0eXAiOiJKV1QifQ"
_CLINIC = {"name": "City Care Clinic", "clinic_type": "clinic", "city": "Jaipur", "time_slots": []}
_WINDOW = {"day": "monday", "start_time": "09:00", "end_time": "13:00"}


@dataclass(frozen=True)
class Sample:
    """One file of `events/`."""

    name: str

    @property
    def function(self) -> str:
        """The function it is for, which is the first word of its name."""
        words = self.name.split("-")
        return ("UploadCheck" if words[:2] == ["upload", "check"] else words[0].title()) + "Function"

    def read(self) -> str:
        return (EVENTS / f"{self.name}.json").read_text("utf-8")


def all_samples() -> list[Sample]:
    """In the order of their names, so those of a function stand together."""
    return [Sample(path.stem) for path in sorted(EVENTS.glob("*.json"))]


def failure(event: Any, answer: Any) -> str:
    """What is wrong with a function's answer; empty when the event was handled."""
    answer = answer or {}
    if "errorMessage" in answer:
        return f"{answer.get('errorType')}: {answer['errorMessage']}"
    if kept := answer.get("batchItemFailures"):
        return f"{len(kept)} of {len(event['Records'])} messages failed"
    if "requestContext" in event and not 200 <= answer.get("statusCode", 0) < 400:
        return f"status {answer.get('statusCode')}: {answer.get('body')}"
    return ""


class Samples:
    """What the events speak of, on the local server at `base`: made when an event is first asked for."""

    def __init__(self, base: str) -> None:
        self._server = Client(base, MASTER_OTP)

    def event(self, sample: Sample) -> Any:
        """The event with the real ids. Raises DemoError when the server refuses what they need."""
        text = sample.read()
        for name, real in self._real.items():
            text = text.replace(name, real)
        event = json.loads(text)
        if sample.name == "callbacks-twilio":
            _sign(event)
        return event

    @cached_property
    def _real(self) -> dict[str, str]:
        return dict(self._play())

    def _play(self) -> Iterator[tuple[str, str]]:
        today = datetime.now(UTC).date()
        monday = today + timedelta(days=7 - today.weekday())
        for name, days in (("2026-03-02", 0), ("2026-03-09", 7), ("2026-04-06", 35), ("2026-04-08", 37)):
            yield name, (monday + timedelta(days=days)).isoformat()
        alice = self._registered("Alice Rao", 9876543210, "patient")
        yield from _caller(
            alice,
            "3f0c9a52-6c1e-4c0b-9d53-8f2f6a1f7b10",
            "105378d2aa16247e63a1ec5d5fde3ca359ea18d7086c0507d4a4080bcab2c85c",
        )
        yield f"{_HEAD}.eyJ1c2VyX2lkIjoiM2YwYzlhNTItNmMxZS00YzBiLTlkNTMtOGYyZjZhMWY3YjEwIn0.c2lnbmF0dXJl", alice.token
        bob = self._registered("Bob Nair", 9876543218, "clinic")
        yield from _caller(
            bob,
            "a47d0c92-91be-4d3c-b6f1-28e5c7d9f034",
            "2c6f9d04e7b15a83c90f4d2b6e71a58d3f0c9b24a86e57d1c3f8042b9a6d5e70",
        )
        charlie = self._registered("Charlie Shah", 9876543211, "clinic")
        charlie.clinic = charlie.call("POST", "/api/clinics/onboarding/step3/", _CLINIC)["clinic"]["id"]
        yield "94d6060b-7986-4b92-b605-54674153236c", charlie.clinic
        yield from _caller(
            charlie,
            "c6a1f3de-2b7a-4f7e-8f0e-5b1d9c3a7e21",
            "7be1f8c60d2e4a95b3c47a1f9e08d5624c3b2a19f0e7d68c5b4a39281706f5e4",
        )
        dora = employ(charlie, "Dora Iyer", 9876543212, "doctor")
        complete(dora, {"specialty": "cardiology"})
        yield from _caller(
            dora,
            "d2b9e7a4-5c1f-4a36-9e8d-7f3b2c6a1d05",
            "e90c17a5b8f3426d91e4c0a7d56b38f21a7c4e9d03b8f5621e7d4c90ab3f6582",
        )
        yield from self._visits(alice, dora, monday)
        yield from self._documents(alice, dora)
        yield from self._invitation(charlie)
        panel = Panel(self._server.base, SUPERADMIN["contact"], SUPERADMIN["password"])
        yield "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJleGFtcGxlIn0.c2lnbmF0dXJl", panel.cookies["quickcare_admin"]

    def _registered(self, name: str, contact: int, kind: str) -> Person:
        return register(self._server, Person(self._server, name, contact, kind), kind)

    def _visits(self, patient: Person, doctor: Person, monday: date) -> Iterator[tuple[str, str]]:
        doctor.doctor_id = doctor.call("GET", "/api/doctors/me/")["id"]
        doctor.call("POST", f"/api/doctors/{doctor.doctor_id}/availability/", _WINDOW)
        wish = {"doctor": doctor.doctor_id, "appointment_date": monday.isoformat(), "appointment_time": "10:00"}
        yield "222835285395051", str(doctor.doctor_id)
        yield "222104358912399", str(patient.call("POST", "/api/appointments/my/", wish)["id"])
        yield "1795426200000001", str(patient.call("POST", "/api/users/address/", {"town": "Jaipur"})["id"])

    def _documents(self, patient: Person, doctor: Person) -> Iterator[tuple[str, str]]:
        fields = {"title": "CBC Report", "document_type": "lab_report"}
        asked, unasked = (
            self._server.upload(
                fields, "cbc.pdf", page("CBC Report", patient.name, "Haemoglobin 13.2 g/dl"), patient.token
            )["id"]
            for _ in range(2)
        )
        yield "8f14e45f-ceea-467f-9d1a-2b0c1f0f3a11", asked
        yield "4e732ced-3463-4d0d-bb8a-6c1f2a5e9d77", unasked
        consent = doctor.call("POST", "/api/documents/consent/request/", {"document": asked})["id"]
        yield "c9f0f895-fb98-4b91-8b4a-3f1d2e4c5b66", consent

    def _invitation(self, owner: Person) -> Iterator[tuple[str, str]]:
        lata = self._registered("Lata Das", 9876543213, "patient")
        body = {"contact": lata.contact, "member_role": "lab_member"}
        owner.call("POST", f"/api/clinics/{owner.clinic}/members/", body)
        yield "0123456789abcdef", self._server.awaited_sms(lata.contact, r"/l/(\w+)")


def _caller(person: Person, user_id: str, session_id: str) -> Iterator[tuple[str, str]]:
    """Who the authorizer said is calling, and with which session."""
    sessions = person.call("GET", "/api/users/sessions/")
    yield user_id, person.id
    yield session_id, next(one["id"] for one in sessions if one["is_current"])


def _sign(event: dict[str, Any]) -> None:
    """As Twilio signs its reports, over their address and fields."""
    url = f"{PUBLIC_URL}/api/notifications/twilio/{event['pathParameters']['sms_id']}/"
    fields = dict(parse_qsl(event["body"], keep_blank_values=True))
    event["headers"]["X-Twilio-Signature"] = RequestValidator(TWILIO_TOKEN).compute_signature(url, fields)
