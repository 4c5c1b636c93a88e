"""How a clinic of the story opens: its owner registers, and its people begin to work."""

from demo.cast import PASSWORD, Place
from demo.client import Client
from demo.people import Person

_WORKING_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_HOURS = [("09:00", "14:00"), ("16:30", "20:30")]
# Eight letters and digits, at least one of each.
_EIGHT_CHARACTERS = r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{8}\b"


def open_clinic(server: Client, place: Place, number: int) -> list[Person]:
    """The owner and then the staff of a new clinic, the doctors with their hours."""
    owner = register(server, Person(server, place.owner, 9800000001 + number, "clinic owner"), "clinic")
    hours = [
        {"day_of_week": day, "start_time": start, "end_time": end}
        for day in range(len(_WORKING_DAYS))
        for start, end in _HOURS
    ]
    fields = place._asdict()
    about = {name: fields[name] for name in ("name", "clinic_type", "address", "city", "state", "pincode")}
    opened = owner.call(
        "POST", "/api/clinics/onboarding/step3/", {**about, "phone": "0141 4000000", "time_slots": hours}
    )
    owner.clinic = opened["clinic"]["id"]
    contacts = iter(range(9800000101 + 20 * number, 9800000121 + 20 * number))
    doctors = [add(owner, name, next(contacts), "doctor") for name, *_ in place.doctors]
    roles = (("receptionist", place.receptionist), ("lab_member", place.lab_member))
    others = [add(owner, name, next(contacts), role) for role, name in roles]
    for member in [*doctors, *others]:
        read_password(member)
    for doctor, (_, specialty, qualification, years, fee, minutes) in zip(doctors, place.doctors, strict=True):
        profile = {"specialty": specialty, "qualification": qualification, "experience_years": years}
        complete(
            doctor, {**profile, "languages": "English, Hindi", "registration_number": f"MC-{doctor.contact % 10**6}"}
        )
        _publish(doctor, fee, minutes)
    for member in others:
        complete(member, {})
    return [owner, *doctors, *others]


def register(server: Client, person: Person, kind: str) -> Person:
    """A new account by both steps."""
    path, contact = f"/api/users/onboarding/{kind}", {"contact": person.contact}
    server.call("POST", f"{path}/step1/", {**contact, "name": person.name, "password": PASSWORD})
    answer = server.call("POST", f"{path}/step2/", {**contact, "otp": server.master_otp})
    person.id = answer["user"]["id"]
    person.keep(answer)
    return person


def employ(owner: Person, name: str, contact: int, role: str) -> Person:
    """A new member of the owner's clinic, who knows the password."""
    person = add(owner, name, contact, role)
    read_password(person)
    return person


def add(owner: Person, name: str, contact: int, role: str) -> Person:
    """A new member of the owner's clinic, whose password is on its way by SMS."""
    added = owner.call(
        "POST", f"/api/clinics/{owner.clinic}/members/", {"contact": contact, "name": name, "member_role": role}
    )
    person = Person(owner.server, name, contact, role.replace("_", " "), owner.clinic)
    person.membership, person.id = added["id"], added["user"]["id"]
    return person


def read_password(person: Person) -> None:
    person.password = person.server.awaited_sms(person.contact, _EIGHT_CHARACTERS)


def complete(person: Person, profile: dict[str, object]) -> None:
    """The profile, and a password of their own."""
    person.keep(person.call("PATCH", "/api/users/onboarding/member/complete/", profile))
    person.keep(person.call("PUT", "/api/users/password/change/", {"password": PASSWORD}))
    person.password = PASSWORD


def _publish(doctor: Person, fee: int, minutes: int) -> None:
    """The doctor's fees and hours: each morning, and three evenings a week."""
    fees = {"first_visit_fee": fee, "follow_up_fee": fee // 2, "offers_video_consultation": minutes == 15}
    doctor.doctor_id = doctor.call("PUT", "/api/doctors/me/", fees)["id"]
    length = {"slot_duration_minutes": minutes, "max_patients": 180 // minutes}
    for day in _WORKING_DAYS:
        window = {"day": day, "start_time": "09:30", "end_time": "12:30", **length}
        doctor.call("POST", f"/api/doctors/{doctor.doctor_id}/availability/", window)
    for day in _WORKING_DAYS[::2]:
        window = {"day": day, "start_time": "17:00", "end_time": "19:00", **length}
        doctor.call("POST", f"/api/doctors/{doctor.doctor_id}/availability/", window)
