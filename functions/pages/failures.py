"""Every way in which a request to a page can fail becomes a page; the details go to the log."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from quickcare.errors import AppError, NotFound, Unavailable
from quickcare.observability import count, logger, show, where

from pages import html


def register(app: APIGatewayRestResolver) -> None:
    """Let these pages answer for the errors that the routes of `app` raise."""

    def not_found(_: NotFoundError) -> Response[str]:
        return html.failure(NotFound())

    app.exception_handler(AppError)(html.failure)
    app.exception_handler([PynamoDBException, BotoCoreError, ClientError])(
        lambda error: html.failure(_unavailable(error))
    )
    app.exception_handler(Exception)(lambda error: html.failure(_bug(error)))
    app.not_found(not_found)


def _unavailable(error: Exception) -> AppError:
    logger.error("a dependency failed", error=type(error).__name__, cause=type(getattr(error, "cause", error)).__name__)
    show(error)
    count("DependencyFailure")
    return Unavailable()


def _bug(error: Exception) -> AppError:
    # Only the type and the line: a message may quote what somebody sent.
    logger.error("unhandled error", error=type(error).__name__, where=where(error))
    show(error)
    count("UnhandledError")
    return AppError()
