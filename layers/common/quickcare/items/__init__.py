"""Every item class of the table. All are imported here, because a query through the base class silently
drops the kinds that the process has not imported."""

from quickcare.items.account import (
    Address,
    ContactOwner,
    CurrentAddress,
    LoginThrottle,
    MedicalProfile,
    Session,
    User,
)
from quickcare.items.admin import AdminSession, AuditEntry, Superadmins
from quickcare.items.clinic import AdmissionDocument, Clinic, ClinicSlot, ClinicSlug, OwnedClinic
from quickcare.items.directory import DirectoryEntry, DirectoryRow
from quickcare.items.document import AccessLogEntry, Consent, ConsentPointer, Document, ShelfEntry
from quickcare.items.otp import OtpLog, PasswordReset, PendingOtp, Registration, SendLog
from quickcare.items.schedule import Appointment, DayLedger, Schedule
from quickcare.items.sms import OutboxSms, SmsReceipt
from quickcare.items.staff import Doctor, Membership, RosterEntry
from quickcare.items.temporary_password import TempPassword, TempPasswordLog
from quickcare.items.visit import DoctorPatient, PatientClinic, PatientHour, Visit

__all__ = [
    "AccessLogEntry",
    "Address",
    "AdminSession",
    "AdmissionDocument",
    "Appointment",
    "AuditEntry",
    "Clinic",
    "ClinicSlot",
    "ClinicSlug",
    "Consent",
    "ConsentPointer",
    "ContactOwner",
    "CurrentAddress",
    "DayLedger",
    "DirectoryEntry",
    "DirectoryRow",
    "Doctor",
    "DoctorPatient",
    "Document",
    "LoginThrottle",
    "MedicalProfile",
    "Membership",
    "OtpLog",
    "OutboxSms",
    "OwnedClinic",
    "PasswordReset",
    "PatientClinic",
    "PatientHour",
    "PendingOtp",
    "Registration",
    "RosterEntry",
    "Schedule",
    "SendLog",
    "Session",
    "ShelfEntry",
    "SmsReceipt",
    "Superadmins",
    "TempPassword",
    "TempPasswordLog",
    "User",
    "Visit",
]
