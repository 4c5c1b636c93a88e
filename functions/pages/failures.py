"""Every way in which a request to a page can fail becomes a page; the details go to the log."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from quickcare.errors import AppError, NotFound
from quickcare.web.failures import bug, unavailable

from pages import html


def register(app: APIGatewayRestResolver) -> None:
    """Let these pages answer for the errors that the routes of `app` raise."""

    def not_found(_: NotFoundError) -> Response[str]:
        return html.failure(NotFound())

    app.exception_handler(AppError)(html.failure)
    app.exception_handler([PynamoDBException, BotoCoreError, ClientError])(
        lambda error: html.failure(unavailable(error))
    )
    app.exception_handler(Exception)(lambda error: html.failure(bug(error)))
    app.not_found(not_found)
