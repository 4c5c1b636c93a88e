"""What the search for a contact answers."""

from quickcare.web.fields import BloodGroup, ContactNumber, Gender, UuidText, View


class ContactExists(View):
    exists: bool


class PatientFound(View):
    id: UuidText
    name: str
    contact: ContactNumber
    gender: Gender | None
    age: int
    blood_group: BloodGroup | None
