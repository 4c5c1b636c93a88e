"""The story: nine days ago three clinics opened, and a week of visits followed. It ends now.

Each day is played at its time by the requests that people's apps send, so every rule of the API holds for it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo import cast, opening, pdf
from demo.client import Client, Panel
from demo.clock import StoryClock
from demo.people import DEACTIVATED, Person

_OPENING, _DAYS = -9, 8  # days from today: when the clinics open, and for how long patients come
_FIRST_CONTACT = 9800001001


@dataclass
class Visit:
    """An appointment of the story."""

    id: int
    patient: Person
    doctor: Person
    day: date
    starts: time
    status: str = "pending"


class Story:
    """Plays on a server; afterwards `people` are the accounts: owners, staff, patients."""

    def __init__(self, server: Client, clock: StoryClock, now: datetime, zone: ZoneInfo, patients: int) -> None:
        self._server, self._clock, self._now, self._zone = server, clock, now, zone
        self._today = now.astimezone(zone).date()
        self._chance = random.Random(2026)  # noqa: S311 - not for secrets; the same week each time
        self._waiting = cast.patients(patients)
        self._a_day = -(-patients // _DAYS)
        self._visits: list[Visit] = []
        self.people: list[Person] = []

    def play(self, superadmin: dict[str, Any], told: Callable[[str], None]) -> None:
        """The whole story; `told` gets a line for each part. Raises DemoError."""
        self._at(_OPENING, "10:00")
        told("Three clinics open.")
        for number, place in enumerate(cast.PLACES):
            self.people += opening.open_clinic(self._server, place, number)
        self._verify(superadmin)
        for day in range(-_DAYS, 0):
            self._play_day(day)
            told(f"{self._date(day):%A}: {len(self._visits)} appointments, {len(self._of('patient'))} patients.")
        self._ask_for_documents()
        self._play_today(superadmin)

    # Days

    def _play_day(self, day: int) -> None:
        self._at(day, "08:15")
        newcomers = [self._newcomer() for _ in self._waiting[: self._a_day]]
        self._at(day, "08:45")
        earlier = self._of("patient")[: -self._a_day]
        returning = self._chance.sample(earlier, k=min(3, len(earlier)))
        for patient in [*newcomers, *returning]:
            self._book(patient, day)
        self._at(day, "09:00")
        self._confirm()
        self._at(day, "20:30")
        self._finish(self._date(day), time.max)

    def _play_today(self, superadmin: dict[str, Any]) -> None:
        """What is left open when the story ends: questions, conflicts, an invitation, a code."""
        self._go_on_at(0, self._now - timedelta(minutes=10))
        patients, doctors = self._of("patient"), self._of("doctor")
        for patient in patients[:5]:
            self._book(patient, 0)
        self._finish(self._today, self._now.astimezone(self._zone).time())
        self._go_on_leave(doctors[0])
        self._leave(doctors[3])
        owner = self._of("clinic owner")[0]
        invitation = {"contact": patients[-1].contact, "member_role": "receptionist"}
        owner.call("POST", f"/api/clinics/{owner.clinic}/members/", invitation)
        self._server.call("POST", "/api/users/password/reset/", {"contact": patients[1].contact})
        somebody = {"name": "Nisha Rathore", "contact": _FIRST_CONTACT - 1, "password": cast.PASSWORD}
        self._server.call("POST", "/api/users/onboarding/patient/step1/", somebody)
        panel = self._panel(superadmin)
        panel.get(f"users/{patients[2].id}")
        panel.submit(f"users/{patients[4].id}", f"users/{patients[4].id}/deactivate")
        patients[4].role = DEACTIVATED

    # What people do

    def _verify(self, superadmin: dict[str, Any]) -> None:
        """All but the newest doctor."""
        panel = self._panel(superadmin)
        for owner in self._of("clinic owner"):
            panel.submit(f"clinics/{owner.clinic}", f"clinics/{owner.clinic}/verify")
        for doctor in self._of("doctor")[:-1]:
            panel.submit("doctors", f"doctors/{doctor.doctor_id}/verify")

    def _newcomer(self) -> Person:
        number = len(self._of("patient"))
        person = Person(self._server, self._waiting.pop(0), _FIRST_CONTACT + number, "patient")
        opening.register(self._server, person, "patient")
        profile = {
            "age": 18 + number * 7 % 60,
            "gender": ("female", "male")[number % 2],
            "blood_group": ("A+", "B+", "O+", "AB+", "O-")[number % 5],
            "address_area": f"Sector {1 + number % 9}",
            "town": cast.PLACES[number % 3].city,
            "allergies": "Penicillin" if number % 6 == 0 else None,
        }
        person.call("PATCH", "/api/users/onboarding/patient/step3/", profile)
        self.people.append(person)
        if number % 3 == 0:
            self._upload(person, number)
        return person

    def _upload(self, patient: Person, number: int) -> None:
        title, document_type, text = cast.DOCUMENTS[number // 3 % len(cast.DOCUMENTS)]
        file = pdf.page(title, patient.name, text)
        fields = {"title": title, "document_type": document_type}
        patient.documents.append(self._server.upload(fields, f"{document_type}.pdf", file, patient.token)["id"])

    def _book(self, patient: Person, day: int) -> None:
        """The first day from tomorrow on when a doctor of chance has a time, and the patient no appointment yet."""
        doctor = self._chance.choice(self._of("doctor"))
        for ahead in range(1 + self._chance.randrange(3), 8):
            on = self._date(day + ahead)
            if any((visit.patient, visit.day) == (patient, on) for visit in self._visits):
                continue
            path = f"/api/doctors/{doctor.doctor_id}/availability/slots/?date={on}"
            if free := self._server.call("GET", path)["available_slots"]:
                self._visits.append(self._booked(patient, doctor, on, self._chance.choice(free)))
                return

    def _booked(self, patient: Person, doctor: Person, on: date, at: str) -> Visit:
        body = {
            "doctor": doctor.doctor_id,
            "appointment_date": on.isoformat(),
            "appointment_time": at,
            "appointment_type": "follow_up"
            if any(visit.patient is patient for visit in self._visits)
            else "first_visit",
            "reason": self._chance.choice(cast.REASONS),
        }
        made = patient.call("POST", "/api/appointments/my/", body)
        return Visit(made["id"], patient, doctor, on, time.fromisoformat(at))

    def _confirm(self) -> None:
        """Doctors confirm most of what is pending; some patients cancel."""
        for visit in self._visits:
            if visit.status == "pending" and self._chance.random() < 0.8:
                self._move(visit, "confirmed")
            elif visit.status == "pending" and self._chance.random() < 0.3:
                visit.status = "cancelled"
                body = {"status": "cancelled", "cancellation_reason": "I am travelling"}
                visit.patient.call("PATCH", f"/api/appointments/my/{visit.id}/", body)

    def _finish(self, on: date, until: time) -> None:
        """Doctors say of that day's appointments whether they took place."""
        for visit in self._visits:
            if visit.day == on and visit.starts < until and visit.status in ("pending", "confirmed"):
                if visit.status == "pending":
                    self._move(visit, "confirmed")
                came = self._chance.random() < 0.85
                notes = {"notes": "Rest, fluids, review in one week.", "is_paid": True} if came else {}
                self._move(visit, "completed" if came else "no_show", **notes)

    def _move(self, visit: Visit, status: str, **fields: Any) -> None:
        visit.doctor.call("PATCH", f"/api/appointments/doctor/{visit.id}/", {"status": status, **fields})
        visit.status = status

    def _ask_for_documents(self) -> None:
        """Doctors ask to see documents of their patients: some may, one may no longer, one may not, one waits."""
        answers = ["granted", "granted", "granted", "rejected", "", "revoked"]
        with_documents = [visit for visit in self._visits if visit.patient.documents and visit.status != "cancelled"]
        asked = {(visit.doctor.contact, visit.patient.contact): visit for visit in with_documents}
        for visit, answer in zip(asked.values(), answers * 2, strict=False):
            patient, document = visit.patient, visit.patient.documents[0]
            visit.doctor.call("GET", f"/api/documents/patient-docs/?patient_id={patient.id}")
            wanted = {"document": document, "purpose": "To prepare your visit"}
            consent = visit.doctor.call("POST", "/api/documents/consent/request/", wanted)["id"]
            steps = ["granted", "revoked"] if answer == "revoked" else [answer] if answer else []
            for step in steps:
                patient.call("PATCH", f"/api/documents/consent/{consent}/action/", {"action": step})
                if step == "granted":
                    visit.doctor.call("GET", f"/api/documents/{document}/")

    def _go_on_leave(self, doctor: Person) -> None:
        """A leave in which appointments stand, which are now conflicts."""
        days = {"start_date": f"{self._date(1)}", "end_date": f"{self._date(3)}", "reason": "Family function"}
        doctor.call("POST", "/api/doctors/me/leaves/", days)

    def _leave(self, doctor: Person) -> None:
        """A doctor leaves the clinic; appointments that stand need attention now."""
        doctor.call("DELETE", f"/api/clinics/my/memberships/{doctor.membership}/")

    # Where and when

    def _of(self, role: str) -> list[Person]:
        return [person for person in self.people if person.role == role]

    def _panel(self, superadmin: dict[str, Any]) -> Panel:
        return Panel(self._server.base, superadmin["contact"], superadmin["password"])

    def _date(self, day: int) -> date:
        return self._today + timedelta(days=day)

    def _at(self, day: int, clock: str) -> None:
        """Go on at this time of a day, counted from today."""
        self._go_on_at(day, datetime.combine(self._date(day), time.fromisoformat(clock), self._zone))

    def _go_on_at(self, day: int, instant: datetime) -> None:
        self._server.day = day
        self._clock.jump(instant)
