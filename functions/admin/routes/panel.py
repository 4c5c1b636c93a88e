"""Routes of the first page, the roles, the audit and the static files."""

from functools import partial

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.accounts import superadmins
from quickcare.roles import Role
from quickcare.web.access import anyone, may

from admin import audit, lists, pages, today
from admin.request import current
from admin.sheets import Sheet

router = APIGatewayRouter()
_AUDIT_SHEET = Sheet(
    {
        "When": lambda entry: entry.created_at,
        "Who": lambda entry: entry.actor_name,
        "What": lambda entry: audit.ACTIONS.get(entry.action, entry.action),
        "Of": lambda entry: entry.target_name or entry.target,
        "Detail": lambda entry: pages.in_words(entry.detail),
        "From": lambda entry: entry.source_ip,
    }
)


@router.get("/admin")
@may(anyone)
def home() -> Response[str]:
    """The first page."""
    return pages.redirect(current(router).url("today"))


@router.get("/admin/today")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_today() -> Response[str]:
    """How much happened in the last days, and what needs attention."""
    request, now = current(router), clock.now()
    administrator, found = lists.read_for_administrator(request, partial(today.read, now))
    return pages.html(request, "today.html", administrator, found=found, most=today.MOST)


@router.get("/admin/roles")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_roles() -> Response[str]:
    """The roles, and how many superadmins there are."""
    request = current(router)
    administrator, active = lists.read_for_administrator(request, superadmins.active)
    return pages.html(request, "roles.html", administrator, superadmins=active)


@router.get("/admin/audit")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_audit() -> Response[str]:
    """What administrators did, newest first."""
    request = current(router)
    return lists.page(request, "audit.html", partial(audit.find, request.query), csv=_AUDIT_SHEET)


@router.get("/admin/static/<name>")
@may(anyone)
def static(name: str) -> Response[str]:
    """A stylesheet or icon."""
    return pages.static(name, current(router).query.get("v", ""))
