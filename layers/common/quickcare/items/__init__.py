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
from quickcare.items.clinic import Clinic
from quickcare.items.otp import OtpLog, PasswordReset, PendingOtp, Registration, SendLog
from quickcare.items.schedule import Appointment, DayLedger, Schedule
from quickcare.items.sms import OutboxSms, SmsReceipt
from quickcare.items.staff import Doctor, Membership

__all__ = [
    "Address",
    "Appointment",
    "Clinic",
    "ContactOwner",
    "CurrentAddress",
    "DayLedger",
    "Doctor",
    "LoginThrottle",
    "MedicalProfile",
    "Membership",
    "OtpLog",
    "OutboxSms",
    "PasswordReset",
    "PendingOtp",
    "Registration",
    "Schedule",
    "SendLog",
    "Session",
    "SmsReceipt",
    "User",
]
