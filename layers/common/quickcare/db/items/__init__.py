"""Every item class of the table.

All are imported here: a query of the base class silently leaves out items whose class was not imported.
"""

from quickcare.db.items.account import (
    Address,
    ContactOwner,
    CurrentAddress,
    Door,
    KnownNetworks,
    LoginThrottle,
    MedicalProfile,
    Session,
    User,
)
from quickcare.db.items.admin import AdminSession, AuditEntry, AuditPointer, OfferedSecret, SecondFactor, Superadmins
from quickcare.db.items.appointment import (
    Appointment,
    AppointmentPointer,
    DueReminder,
    PatientCalendar,
    PatientClinic,
    PatientHour,
    ReminderCursor,
)
from quickcare.db.items.clinic import AdmissionDocument, Clinic, ClinicSlot, ClinicSlug, OwnedClinic
from quickcare.db.items.directory import DirectoryEntry, DirectoryRow
from quickcare.db.items.document import AccessLogEntry, Consent, ConsentPointer, Document, ShelfCount, ShelfEntry
from quickcare.db.items.link import Link
from quickcare.db.items.log import ChainedEntry, GrownLog, LogHead
from quickcare.db.items.otp import AddressCount, CodePointer, OtpLog, PasswordReset, PendingOtp, Registration, SendLog
from quickcare.db.items.quota import DayCounts, QuotaCount
from quickcare.db.items.request import Job, KeptAnswer
from quickcare.db.items.schedule import DayLedger, Schedule
from quickcare.db.items.sms import FailedSms, LiveCode, OutboxSms, SmsEntry, SmsReceipt
from quickcare.db.items.staff import Doctor, Membership, RosterEntry
from quickcare.db.items.temporary_password import TempPassword, TempPasswordLog

__all__ = [
    "AccessLogEntry",
    "Address",
    "AddressCount",
    "AdminSession",
    "AdmissionDocument",
    "Appointment",
    "AppointmentPointer",
    "AuditEntry",
    "AuditPointer",
    "ChainedEntry",
    "Clinic",
    "ClinicSlot",
    "ClinicSlug",
    "CodePointer",
    "Consent",
    "ConsentPointer",
    "ContactOwner",
    "CurrentAddress",
    "DayCounts",
    "DayLedger",
    "DirectoryEntry",
    "DirectoryRow",
    "Doctor",
    "Document",
    "Door",
    "DueReminder",
    "FailedSms",
    "GrownLog",
    "Job",
    "KeptAnswer",
    "KnownNetworks",
    "Link",
    "LiveCode",
    "LogHead",
    "LoginThrottle",
    "MedicalProfile",
    "Membership",
    "OfferedSecret",
    "OtpLog",
    "OutboxSms",
    "OwnedClinic",
    "PasswordReset",
    "PatientCalendar",
    "PatientClinic",
    "PatientHour",
    "PendingOtp",
    "QuotaCount",
    "Registration",
    "ReminderCursor",
    "RosterEntry",
    "Schedule",
    "SecondFactor",
    "SendLog",
    "Session",
    "ShelfCount",
    "ShelfEntry",
    "SmsEntry",
    "SmsReceipt",
    "Superadmins",
    "TempPassword",
    "TempPasswordLog",
    "User",
]
