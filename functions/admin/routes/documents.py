"""Routes of `/admin/documents`."""

from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.roles import Role
from quickcare.web.access import may

from admin import documents, lists, pages, parameters, users
from admin.request import current
from admin.sessions import Administrator

router = APIGatewayRouter()


@router.get("/admin/documents")
@may(Role.SUPERADMIN, Role.ADMIN)
def find_documents() -> Response[str]:
    """The form that finds whose documents are asked for."""
    request = current(router)
    if contact := request.query.get("contact"):
        _, user_id = lists.read_for_administrator(request, partial(documents.whose, contact))
        return pages.redirect(request.url(f"documents/{user_id}"))
    administrator, found = lists.read_for_administrator(request, lambda: documents.NOBODY)
    return pages.html(request, "documents.html", administrator, found=found, next_page=None)


@router.get("/admin/documents/<user_id>")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_documents(user_id: str) -> Response[str]:
    """Who may read a person's documents, and who did; that it was opened is noted in the audit."""
    request, now = current(router), clock.now()
    read = partial(documents.of, parameters.uuid(user_id), now)
    shown: dict[str, Any] = {"outcomes": documents.OUTCOMES, "states": documents.STATES}

    def note(administrator: Administrator, found: documents.Found) -> None:
        if found.user is not None:
            users.note_opened("opened_documents", administrator, found.user, now)

    return lists.page(request, "documents.html", read, csv=documents.LOG_SHEET, note=note, **shown)
