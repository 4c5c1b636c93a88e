"""The page of an invitation: a clinic and a role, to accept with the password or to decline (docs/contract.md: Links).

The page knows only who has the link. A role is more than that should give, so accepting takes the password, under the
rules of every login; declining gives nothing and takes the button only.
"""

from datetime import datetime
from typing import NamedTuple

from aws_lambda_powertools.event_handler import Response
from quickcare import links
from quickcare.accounts import login
from quickcare.accounts.login import Proof
from quickcare.clinic import invitations
from quickcare.clinic.invitations import Invitation
from quickcare.clinic.memberships import PENDING
from quickcare.db import table
from quickcare.db.items import Clinic, Link, Membership, User
from quickcare.db.table import decide_again
from quickcare.errors import AppError, BadRequest, Conflict, Forbidden, NotFound, TooManyRequests, Unauthorized
from quickcare.sms.languages import spoken

from pages import html
from pages.languages import words
from pages.request import Request

_CHANGED = "The clinic has changed this invitation. Please read it again."
_LONGEST_PASSWORD = 1024


class Shown(NamedTuple):
    """What the page shows: whom it is for, the pending membership and its clinic."""

    user: User
    membership: Membership
    clinic: Clinic

    @property
    def role(self) -> str:
        """`lab member`, in the language of the page."""
        return spoken(self.language).roles[self.membership.member_role]

    @property
    def language(self) -> str:
        """The language of the page, as a code."""
        return spoken(self.user.language).code


def show(link: Link, _now: datetime) -> Response[str]:
    """The page: 1 read. Raises NotFound for an invitation that is no longer open."""
    return _page(_shown(link))


def answer(link: Link, request: Request, now: datetime) -> Response[str]:
    """Accept or decline. What is wrong with the answer stands on the page that is shown again.

    Raises NotFound like `show`, BadRequest for a form of another page.
    """
    shown = _shown(link)
    match request.form.get("answer"):
        case "accept":
            try:
                _accept_with_password(link, shown, request, now)
            except (Conflict, Forbidden, TooManyRequests, Unauthorized) as error:
                return html.with_wait(_page(_shown(link), error), error)
        case "decline":
            _decline(link, now)
        case _:
            raise BadRequest("This form could not be read.")
    say = words(shown.language)
    if request.form["answer"] == "accept":
        text = say["works_now"].format(role=shown.role)
        return html.done(shown.language, say["welcome"].format(clinic=shown.clinic.name), text)
    return html.done(shown.language, say["declined"], say["clinic_sees"].format(clinic=shown.clinic.name))


def _shown(link: Link) -> Shown:
    """The invitation as its page shows it: 1 read. Raises NotFound when it is no longer open."""
    membership_key = Membership.key(link.user_id, link.clinic_id)
    user, membership, clinic = table.fetch(User.key(link.user_id), membership_key, Clinic.key(link.clinic_id))
    if user is None or membership is None or clinic is None or not (user.is_active and clinic.is_active):
        raise NotFound
    _require_invitation(membership, link)
    return Shown(user, membership, clinic)


def _require_invitation(membership: Membership, link: Link) -> None:
    """Raises NotFound when it is no longer open, or when the link is of an invitation before this one."""
    if membership.status != PENDING or membership.link_id != link.id:
        raise NotFound


def _accept_with_password(link: Link, shown: Shown, request: Request, now: datetime) -> None:
    """Raises Unauthorized (wrong password), Forbidden, TooManyRequests (after wrong ones), Conflict, NotFound."""
    password = request.form.get("password", "")[:_LONGEST_PASSWORD]
    proof = login.authenticate(int(shown.user.contact), password, request.source_ip, now)
    try:
        _accept(link, proof, request.form.get("role", ""), now)
    except Conflict:
        table.write(**login.succeeded(proof))  # The password was right.
        raise


@decide_again
def _accept(link: Link, proof: Proof, role: str, now: datetime) -> None:
    """Accept the invitation, when role and password are still those that were seen and checked: 3 reads, 1 write."""
    invitation = _current(link)
    if invitation.user.password_hash != proof.user.password_hash:
        raise Unauthorized(login.WRONG)
    if invitation.pending.member_role != role:
        raise Conflict(_CHANGED)
    invitations.accept(invitation, now, link=links.used(link), **login.succeeded(proof))


@decide_again
def _decline(link: Link, now: datetime) -> None:
    """3 reads, 1 write."""
    invitations.decline(_current(link), now, link=links.used(link))


def _current(link: Link) -> Invitation:
    """The invitation, to decide on: 3 reads. Raises NotFound when it is no longer open."""
    try:
        invitation = invitations.own(link.user_id, str(link.member_id))
    except (BadRequest, Unauthorized):
        raise NotFound from None
    _require_invitation(invitation.pending, link)
    return invitation


def _page(shown: Shown, error: AppError | None = None) -> Response[str]:
    problem = error.message if error else ""
    if problem == login.WRONG:
        problem = words(shown.language)["wrong_password"]
    return html.page(
        "invitation.html",
        shown.language,
        status=error.status if error else 200,
        clinic=shown.clinic.name,
        role=shown.role,
        role_value=shown.membership.member_role,
        problem=problem,
        is_wrong=isinstance(error, Unauthorized),
    )
