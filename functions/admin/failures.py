"""Every way in which a request to the panel can fail becomes a page; the details go to the log."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from quickcare.errors import AppError, NotFound, Unauthorized
from quickcare.web.failures import bug, unavailable

from admin import login, pages
from admin import request as requests
from admin.sessions import Unfinished


def register(app: APIGatewayRestResolver) -> None:
    """Let these pages answer for the errors that the routes of `app` raise."""

    def expired(_: Unauthorized) -> Response[str]:
        return login.send(requests.read(app.current_event.raw_event))

    def unfinished(error: Unfinished) -> Response[str]:
        request = requests.read(app.current_event.raw_event)
        return pages.redirect(request.url(error.page, next=requests.inside(request.here)))

    def failed(error: AppError) -> Response[str]:
        request = requests.read_failed(app.current_event.raw_event)
        return pages.with_wait(pages.failure(request, error.status, error.message), error)

    def not_found(_: NotFoundError) -> Response[str]:
        return failed(NotFound("There is no such page."))

    app.exception_handler(Unauthorized)(expired)
    app.exception_handler(Unfinished)(unfinished)
    app.exception_handler(AppError)(failed)
    app.exception_handler([PynamoDBException, BotoCoreError, ClientError])(lambda error: failed(unavailable(error)))
    app.exception_handler(Exception)(lambda error: failed(bug(error)))
    app.not_found(not_found)
