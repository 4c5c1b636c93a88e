"""Which item names which other one. Both the checks and `manage.py orphans` go by this."""

from collections.abc import Callable, Iterable
from typing import Any

from quickcare.db.item import Item, Key
from quickcare.db.items import (
    Address,
    AdminSession,
    AdmissionDocument,
    Appointment,
    AppointmentPointer,
    Clinic,
    ClinicSlot,
    ClinicSlug,
    Consent,
    ConsentPointer,
    ContactOwner,
    CurrentAddress,
    DayLedger,
    Doctor,
    Document,
    MedicalProfile,
    Membership,
    OwnedClinic,
    PatientCalendar,
    PatientClinic,
    PatientHour,
    RosterEntry,
    Schedule,
    SecondFactor,
    Session,
    ShelfCount,
    ShelfEntry,
    TempPassword,
    TempPasswordLog,
    User,
)

Names = Callable[[Any], Iterable[Key[Any]]]


def _id(pk: str) -> str:
    return pk.partition("#")[2]


def _of_user(item: Item) -> Iterable[Key[Any]]:
    return [User.key(_id(item.pk))]


def _of_clinic(item: Item) -> Iterable[Key[Any]]:
    return [Clinic.key(_id(item.pk))]


def _of_doctor(item: Item) -> Iterable[Key[Any]]:
    return [Doctor.key(int(_id(item.pk)))]


def _of_appointment(one: Appointment) -> Iterable[Key[Any]]:
    when = (one.appointment_date, one.appointment_time, int(one.id))
    return [
        User.key(one.patient_id),
        User.key(one.doctor_user_id),
        Doctor.key(int(one.doctor_id)),
        Clinic.key(one.clinic_id),
        AppointmentPointer.of_patient(one.patient_id, *when),
        AppointmentPointer.of_doctor(one.doctor_user_id, *when),
        AppointmentPointer.of_clinic(one.clinic_id, *when),
    ]


def _of_document(document: Document) -> Iterable[Key[Any]]:
    if document.is_deleted:  # it has left the shelves
        return [User.key(document.owner_id), User.key(document.uploader_id)]
    shelves = {document.owner_id}
    if document.uploaded_by_role == "lab_member":
        shelves.add(document.uploader_id)
    entries = [ShelfEntry.key(user, document.id, document.created_at) for user in sorted(shelves)]
    return [User.key(document.owner_id), User.key(document.uploader_id), *entries]


def _of_consent(consent: Consent) -> Iterable[Key[Any]]:
    return [
        User.key(consent.owner_id),
        Doctor.key(int(consent.doctor_id)),
        ConsentPointer.of_id(consent.id),
        ConsentPointer.of_owner(consent.owner_id, consent.created_at, consent.id),
        ConsentPointer.of_doctor(consent.doctor_user_id, consent.created_at, consent.id),
    ]


def _of_user_item(user: User) -> Iterable[Key[Any]]:
    doctors = [] if user.doctor_id is None else [Doctor.key(int(user.doctor_id))]
    return [ContactOwner.key(int(user.contact)), *doctors]


NAMED: dict[type[Item], Names] = {
    User: _of_user_item,
    Session: _of_user,
    AdminSession: _of_user,
    MedicalProfile: _of_user,
    Address: _of_user,
    PatientCalendar: _of_user,
    ShelfCount: _of_user,
    SecondFactor: _of_user,
    TempPassword: lambda one: [one.log],
    Clinic: lambda one: [User.key(one.owner_id), ClinicSlug.key(one.slug), OwnedClinic.key(one.owner_id, one.id)],
    ClinicSlot: _of_clinic,
    AdmissionDocument: _of_clinic,
    Membership: lambda one: [User.key(one.user_id), Clinic.key(one.clinic_id), RosterEntry.key(one.clinic_id, one.id)],
    Doctor: lambda one: [User.key(one.user_id)],
    Schedule: _of_doctor,
    DayLedger: _of_doctor,
    Appointment: _of_appointment,
    PatientClinic: lambda one: [User.key(one.patient_id), Clinic.key(one.clinic_id)],
    Document: _of_document,
    Consent: _of_consent,
}
"""What an item of each class names that must be there."""

POINTERS: dict[type[Item], Names] = {
    ContactOwner: lambda one: [User.key(one.user_id)],
    CurrentAddress: lambda one: [Address.key(_id(one.pk), int(one.address_id))],
    ClinicSlug: lambda one: [Clinic.key(one.clinic_id)],
    OwnedClinic: lambda one: [Clinic.key(one.clinic_id)],
    RosterEntry: lambda one: [Membership.key(one.user_id, _id(one.pk))],
    AppointmentPointer: lambda one: [Appointment.key(int(one.appointment_id))],
    PatientHour: lambda one: [Appointment.key(int(one.appointment_id))],
    ConsentPointer: lambda one: [Consent.key(one.document_id, int(one.doctor_id))],
}
"""The same of pointers, which are nothing without their target: an orphan may be deleted."""

EXPIRING: dict[type[Item], Names] = {
    ShelfEntry: lambda one: [Document.key(one.document_id)],
    Consent: lambda one: [Document.key(one.document_id)],
}
"""What names a document. DynamoDB deletes one whose upload was not finished, and a doctor may have asked for it."""


def _place_of_log(one: TempPasswordLog) -> Key[TempPasswordLog]:
    before = TempPasswordLog.before_shards(one.id)
    return before if one.pk == before.pk else TempPasswordLog.key(one.id)


_OWN_KEYS: dict[type[Item], Callable[[Any], Key[Any]]] = {
    User: lambda one: User.key(one.id),
    Session: lambda one: Session.key(one.user_id, one.id),
    AdminSession: lambda one: AdminSession.key(one.user_id, one.id),
    Clinic: lambda one: Clinic.key(one.id),
    ClinicSlot: lambda one: ClinicSlot.key(_id(one.pk), int(one.day_of_week), one.start_time),
    AdmissionDocument: lambda one: AdmissionDocument.key(_id(one.pk), one.id),
    Address: lambda one: Address.key(_id(one.pk), int(one.id)),
    Membership: lambda one: Membership.key(one.user_id, one.clinic_id),
    Doctor: lambda one: Doctor.key(int(one.id)),
    Appointment: lambda one: Appointment.key(int(one.id)),
    PatientClinic: lambda one: PatientClinic.key(one.patient_id, one.clinic_id),
    Document: lambda one: Document.key(one.id),
    Consent: lambda one: Consent.key(one.document_id, int(one.doctor_id)),
    TempPasswordLog: _place_of_log,
}


def own_key(item: Item) -> tuple[str, str]:
    """Where an item has to be by what it says of itself; where it is, when it does not say it."""
    if known := _OWN_KEYS.get(type(item)):
        key = known(item)
        return key.pk, key.sk
    return str(item.pk), str(item.sk)
