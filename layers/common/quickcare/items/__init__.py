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
from quickcare.items.otp import OtpLog, PasswordReset, PendingOtp, Registration, SendLog
from quickcare.items.sms import OutboxSms, SmsReceipt
from quickcare.items.staff import Doctor, Membership

__all__ = [
    "Address",
    "ContactOwner",
    "CurrentAddress",
    "Doctor",
    "LoginThrottle",
    "MedicalProfile",
    "Membership",
    "OtpLog",
    "OutboxSms",
    "PasswordReset",
    "PendingOtp",
    "Registration",
    "SendLog",
    "Session",
    "SmsReceipt",
    "User",
]
