"""Routes of `/l/`: the page of a link, and what its forms do."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.web.access import anyone, may

from pages import invitation
from pages.request import current

router = APIGatewayRouter()


@router.get("/l/<code>", include_in_schema=False)
@may(anyone)
def page_of_link(code: str) -> Response[str]:
    """The page of a link. It changes nothing, because phones and scanners open links by themselves."""
    return invitation.show(current(router, code), clock.now())


@router.post("/l/<code>", include_in_schema=False)
@may(anyone)
def act(code: str) -> Response[str]:
    """Do what the button that was pressed says."""
    return invitation.answer(current(router, code), clock.now())
