"""Tells the owner of an account that its password was changed, in the app, with a code or in the panel."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.update import Action

from quickcare.accounts import limits
from quickcare.db.items import User
from quickcare.errors import TooManyRequests
from quickcare.settings import settings
from quickcare.sms import outbox, texts
from quickcare.sms.outbox import NOBODY, Announcement


def told(user: User, now: datetime) -> tuple[Announcement, Sequence[Action]]:
    """The SMS for the transaction that changes the password, and what counts it on the account.

    Beyond the day's limit of SMS nobody is told.
    """
    local = now.astimezone(settings().time_zone)
    sms = outbox.to_user(user, texts.password_changed(f"{local:%Y-%m-%d}", f"{local:%H:%M}"), now)
    try:
        return Announcement(sms, outbox.accepted(sms)), limits.count_today(user, limits.SMS, now).actions
    except TooManyRequests:
        return NOBODY, []
