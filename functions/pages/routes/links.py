"""Routes of `/l/`: the page of a link, and what its forms do."""

from types import ModuleType

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock, links
from quickcare.db.items import Link
from quickcare.errors import NotFound
from quickcare.links import Scope
from quickcare.web.access import anyone, may

from pages import appointment, consent, invitation
from pages.request import current

router = APIGatewayRouter()
_PAGES = {
    Scope.INVITATION: invitation,
    Scope.CONSENT: consent,
    Scope.APPOINTMENT: appointment,
    Scope.MISSED: appointment,
}


@router.get("/l/<code>", include_in_schema=False)
@may(anyone)
def page_of_link(code: str) -> Response[str]:
    """The page of a link. It changes nothing, because phones and scanners open links by themselves."""
    now, request = clock.now(), current(router, code)
    link = links.find(code, request.source_ip, now)
    page: Response[str] = _page_of(link).show(link, now)
    return page


@router.post("/l/<code>", include_in_schema=False)
@may(anyone)
def act(code: str) -> Response[str]:
    """Do what the button that was pressed says."""
    now, request = clock.now(), current(router, code)
    link = links.find(code, request.source_ip, now)
    page: Response[str] = _page_of(link).answer(link, request, now)
    return page


def _page_of(link: Link) -> ModuleType:
    """The module that has the page of a link. Raises NotFound for a scope that only a newer release knows."""
    if link.scope not in _PAGES:
        raise NotFound
    return _PAGES[Scope(link.scope)]
