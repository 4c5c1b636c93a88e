"""An administrator's own password. The old one is checked as at a login, so that it cannot be guessed faster here."""

from datetime import datetime

from aws_lambda_powertools.event_handler import Response
from quickcare.accounts import login, password_changed, passwords
from quickcare.accounts.account import still_active
from quickcare.accounts.login import Proof
from quickcare.db.items import AdminSession, Door, User
from quickcare.db.operations import Update, unchanged
from quickcare.errors import AppError, BadRequest, Forbidden, Invalid, TooManyRequests, Unauthorized

from admin import audit, pages
from admin.request import Request
from admin.sessions import Administrator

_LONGEST = 1024


def form(request: Request, administrator: Administrator, error: AppError | None = None) -> Response[str]:
    """The form, with the error of the last try."""
    return pages.form(request, "password.html", administrator, error=error)


def change(administrator: Administrator, request: Request, now: datetime) -> None:
    """Set a new password. All other sessions end, the panel's and the apps'; this one goes on. An SMS tells its owner.

    2 reads, 3 writes.

    Raises BadRequest (the old password is wrong, the new ones differ), Invalid (a weak one), TooManyRequests, and
    Unauthorized when another request changed the account or ended the session meanwhile.
    """
    old, new, again = (request.form.get(name, "")[:_LONGEST] for name in ("password", "new_password", "again"))
    if new != again:
        raise BadRequest("The two new passwords differ.")
    passwords.check_rule(new, int(administrator.user.contact))
    proof = _proven(administrator, old, now)
    user, epoch = proof.user, int(proof.user.session_epoch) + 1
    told, counted = password_changed.told(user, now)
    actions = [
        User.password_hash.set(passwords.hash_password(new)),
        User.session_epoch.set(epoch),
        User.temporary_password_until.remove(),
        *counted,
    ]
    same = unchanged(user, "session_epoch", "role_id", "password_hash") & still_active()
    session = AdminSession.key(user.id, administrator.session.id)
    administrator.write(
        administrator=Update(User.key(user.id), actions, same),
        session=Update(session, [AdminSession.epoch.set(epoch)]),
        **login.succeeded(proof),
        **audit.entry(administrator, "changed_password", now),
        **told.writes,
    )
    told.relay()


def _proven(administrator: Administrator, old: str, now: datetime) -> Proof:
    try:
        return login.authenticate(int(administrator.user.contact), old, administrator.source_ip, now, door=Door.PANEL)
    except (Unauthorized, Forbidden):
        raise BadRequest("The old password is not right.") from None


REFUSALS = (BadRequest, Invalid, TooManyRequests)
"""What the form says, rather than a page of its own."""
