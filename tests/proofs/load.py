"""Requests of all kinds as people make them, for the mixed load (`test_mixed_load`): each is timed by its kind."""

import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any

from documents import check

from tests.admin.browser import Browser
from tests.api import Answer, Api
from tests.documents.filing import DOCUMENTS, PDF, Filing, announcement, notice_of, put_in_bucket
from tests.fakes.sms import Context
from tests.people import PASSWORD
from tests.town import CLINIC, Place, Somebody, Town, person_of

DAYS = [f"2026-03-{day:02d}" for day in range(2, 9)]
TIMES = [f"{hour:02d}:{minute:02d}" for hour in (9, 10, 11, 12) for minute in (0, 15, 30, 45)]
OTP = "888888"


@dataclass
class Load:
    """What all clients share: the town, the patients who registered, and what was measured."""

    api: Api
    town: Town
    patients: list[Somebody] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    contacts: "count[int]" = field(default_factory=lambda: count(9876700000))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def timed(self, kind: str, act: Callable[[], Any]) -> Any:
        """What `act` answers, which has a `status`."""
        began = perf_counter()
        answer = act()
        with self._lock:
            self.seconds[kind].append(perf_counter() - began)
            self.refused[f"{kind} {answer.status}"] += answer.status >= 400
            if answer.status >= 500:
                self.failed.append(f"{kind}: {answer}")
        return answer


@dataclass
class Client:
    """One of those who ask. Its dice say who it is each time, and what they do."""

    load: Load
    number: int
    dice: random.Random = field(init=False)
    browser: Browser = field(default_factory=Browser)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.number)  # noqa: S311 - dice, so that a load can be made again
        self.browser.ip = self.ip

    def act(self) -> None:
        """Do one thing."""
        if len(self.load.patients) < 3:
            return self.register()
        return self.dice.choices(list(SHARES), list(SHARES.values()))[0](self)

    @property
    def ip(self) -> str:
        return f"10.{self.dice.randrange(256)}.{self.dice.randrange(256)}.{self.dice.randrange(256)}"

    @property
    def place(self) -> Place:
        return self.dice.choice([self.load.town.here, self.load.town.there])

    @property
    def patient(self) -> Somebody:
        return self.dice.choice(self.load.patients)

    def ask(self, kind: str, method: str, path: str, body: Any = None, who: Somebody | None = None) -> Answer:
        token = who.token if who else ""
        answer: Answer = self.load.timed(kind, lambda: self.load.api.call(method, path, body, token=token, ip=self.ip))
        return answer

    # Patients

    def register(self) -> None:
        contact, path = next(self.load.contacts), "/api/users/onboarding/patient/"
        first = {"contact": contact, "name": f"Patient {contact}", "password": PASSWORD}
        self.ask("register, step 1", "POST", f"{path}step1/", first)
        made = self.ask("register, step 2", "POST", f"{path}step2/", {"contact": contact, "otp": OTP})
        if made.status >= 400:
            return
        one = Somebody(made.json["access"], made.json["user"]["id"], contact, made.json["refresh"])
        self.ask("register, step 3", "PATCH", f"{path}step3/", {"allergies": "Pollen"}, one)
        self.load.patients.append(one)

    def log_in(self) -> None:
        one = self.patient
        self.ask("login", "POST", "/api/users/login/", {"contact": one.contact, "password": PASSWORD})
        self.ask("refresh", "POST", "/api/users/token/refresh/", {"refresh": one.refresh})

    def forget_password(self) -> None:
        body = {"contact": self.patient.contact}
        self.ask("reset", "POST", "/api/users/password/reset/", body)
        confirmed = {**body, "otp": OTP, "password": PASSWORD}
        self.ask("reset, confirmed", "POST", "/api/users/password/reset/confirm/", confirmed)

    def change_profile(self) -> None:
        one = self.patient
        self.ask("me", "GET", "/api/users/me/", who=one)
        self.ask("me, changed", "PUT", "/api/users/me/", {"age": self.dice.randrange(18, 90)}, one)
        self.ask("medical profile", "PUT", "/api/users/me/medical-profile/", {"allergies": "Dust"}, one)
        self.ask("address", "POST", "/api/users/address/", {"town": "Kota"}, one)

    def book(self) -> None:
        one, ids = self.patient, self.place.ids
        day, time = self.dice.choice(DAYS), self.dice.choice(TIMES)
        self.ask("free slots", "GET", f"/api/doctors/{ids['doctor_id']}/availability/slots/?date={day}")
        body = {"doctor": ids["doctor_id"], "appointment_date": day, "appointment_time": time}
        self.ask("book", "POST", "/api/appointments/my/", body, one)

    def cancel(self) -> None:
        one = self.patient
        mine = self.ask("my appointments", "GET", "/api/appointments/my/?status=pending", who=one)
        if mine.status == 200 and mine.json:
            path = f"/api/appointments/my/{self.dice.choice(mine.json)['id']}/"
            self.ask("cancel", "PATCH", path, {"status": "cancelled"}, one)

    # Staff

    def see_patients(self) -> None:
        doctor = self.place.people["doctor"]
        booked = self.ask("doctor's appointments", "GET", "/api/appointments/doctor/", who=doctor)
        if booked.status == 200 and booked.json:
            one = self.dice.choice(booked.json)
            status = {"pending": "confirmed", "confirmed": self.dice.choice(["completed", "no_show"])}
            body = {"status": status.get(one["status"], "cancelled")}
            self.ask("change of status", "PATCH", f"/api/appointments/doctor/{one['id']}/", body, doctor)

    def go_on_leave(self) -> None:
        doctor, day = self.place.people["doctor"], self.dice.choice(DAYS)
        made = self.ask("leave", "POST", "/api/doctors/me/leaves/", {"start_date": day, "end_date": day}, doctor)
        if made.status == 201:
            self.ask("leave, ended", "DELETE", f"/api/doctors/me/leaves/{made.json['id']}/", who=doctor)

    def change_hours(self) -> None:
        place = self.place
        body = {"slot_id": place.ids["window_id"], "max_patients": self.dice.randrange(5, 20)}
        path = f"/api/doctors/{place.ids['doctor_id']}/availability/"
        self.ask("hours", "PUT", path, body, place.people["doctor"])

    def run_clinic(self) -> None:
        place = self.place
        clinic_id, owner = place.ids["clinic_id"], place.people["owner"]
        self.ask("dashboard", "GET", f"/api/appointments/clinic/{clinic_id}/dashboard/", who=owner)
        change = {"city": self.dice.choice(["Kota", "Jaipur"])}
        self.ask("clinic, changed", "PUT", f"/api/clinics/{clinic_id}/", change, owner)

    def hire(self) -> None:
        place = self.place
        members, owner = f"/api/clinics/{place.ids['clinic_id']}/members/", place.people["owner"]
        role = self.dice.choice(["receptionist", "lab_member", "doctor"])
        body = {"contact": next(self.load.contacts), "name": "Nina Rao", "member_role": role}
        made = self.ask("member", "POST", members, body, owner)
        if made.status == 201:
            self.ask("member, changed", "PUT", f"{members}{made.json['id']}/", {"department": "ENT"}, owner)
            self.ask("member, removed", "DELETE", f"{members}{made.json['id']}/", who=owner)

    def move(self) -> None:
        """The doctor of a clinic leaves it and comes back."""
        place = self.load.town.there
        members, owner = f"/api/clinics/{place.ids['clinic_id']}/members/", place.people["owner"]
        listed = self.ask("members", "GET", members, who=owner)
        doctor = place.people["doctor"]
        for one in listed.json if listed.status == 200 else []:
            if one["user"]["id"] == doctor.id and one["status"] == "active":
                self.ask("doctor leaves", "DELETE", f"{members}{one['id']}/", who=owner)
        self.ask("doctor comes", "POST", members, {"contact": doctor.contact, "member_role": "doctor"}, owner)

    # Documents

    def announce(self) -> None:
        one = self.patient
        made = self.ask("document", "POST", DOCUMENTS, announcement(), one)
        if made.status == 201:
            version = put_in_bucket(made.json["id"], PDF)
            event = notice_of(f"uploads/{made.json['id']}", version, len(PDF))
            check.handler(event, Context())
            self.ask("document, opened", "GET", f"{DOCUMENTS}{made.json['id']}/", who=one)

    def send_form(self) -> None:
        one = self.patient
        form = Filing(self.load.api)
        made = self.load.timed("document, form", lambda: form.send_form(person_of(one)))
        if made.status == 201 and self.dice.random() < 0.5:
            self.ask("document, deleted", "DELETE", f"{DOCUMENTS}{made.json['id']}/", who=one)

    def share(self) -> None:
        """A doctor asks for a document of their patient, who answers and takes it back."""
        place = self.load.town.here
        doctor, patient = place.people["doctor"], place.people["patient"]
        body = {"document": place.ids["unasked"], "purpose": "To compare"}
        asked = self.ask("consent, asked", "POST", f"{DOCUMENTS}consent/request/", body, doctor)
        if asked.status < 400:
            path = f"{DOCUMENTS}consent/{asked.json['id']}/action/"
            self.ask("consent, answered", "PATCH", path, {"action": "granted"}, patient)
            self.ask("document, opened", "GET", f"{DOCUMENTS}{place.ids['unasked']}/", who=doctor)
            self.ask("consent, answered", "PATCH", path, {"action": "revoked"}, patient)

    # Everybody and administrators

    def look_around(self) -> None:
        self.ask("doctors", "GET", "/api/doctors/?page_size=10")
        self.ask("clinics", "GET", "/api/clinics/public/")

    def open_clinic(self) -> None:
        owner = self.place.people["owner"]
        made = self.ask("clinic", "POST", "/api/clinics/", CLINIC, owner)
        if made.status == 201:
            self.ask("clinic, deleted", "DELETE", f"/api/clinics/{made.json['id']}/", who=owner)

    def administer(self) -> None:
        load = self.load
        if not self.browser.cookies:
            self.browser.log_in(load.town.others["superadmin"].contact, PASSWORD)
        page = load.timed("panel, users", lambda: self.browser.get("users"))
        fields = {"token": page.forms.get("logout", {}).get("token", "")}
        somebody = load.patients.pop(0).id if len(load.patients) > 20 else load.town.others["former patient"].id
        for what in ("deactivate", "activate"):
            load.timed(f"panel, {what}", partial(self.browser.post, f"users/{somebody}/{what}", fields))
        clinic = f"clinics/{self.place.ids['clinic_id']}/verify"
        load.timed("panel, verify", lambda: self.browser.post(clinic, fields))


SHARES: dict[Callable[[Client], None], int] = {
    Client.register: 6,
    Client.log_in: 4,
    Client.forget_password: 2,
    Client.change_profile: 5,
    Client.book: 20,
    Client.cancel: 6,
    Client.see_patients: 6,
    Client.go_on_leave: 2,
    Client.change_hours: 2,
    Client.run_clinic: 3,
    Client.hire: 3,
    Client.move: 1,
    Client.announce: 4,
    Client.send_form: 3,
    Client.share: 3,
    Client.look_around: 6,
    Client.open_clinic: 2,
    Client.administer: 2,
}
"""How often each thing is done."""
