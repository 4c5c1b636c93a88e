"""Every way in which a request to the panel can fail becomes a page; the details go to the log."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from quickcare.errors import AppError, NotFound, TooManyRequests, Unauthorized, Unavailable
from quickcare.observability import count, logger, show, where

from admin import login, pages
from admin import request as requests


def register(app: APIGatewayRestResolver) -> None:
    """Let these pages answer for the errors that the routes of `app` raise."""

    def expired(_: Unauthorized) -> Response[str]:
        return login.send(requests.read(app.current_event.raw_event))

    def failed(error: AppError) -> Response[str]:
        request = requests.read_failed(app.current_event.raw_event)
        page = pages.failure(request, error.status, error.message)
        if isinstance(error, TooManyRequests) and error.retry_after is not None:
            page.headers["Retry-After"] = str(error.retry_after)
        return page

    def not_found(_: NotFoundError) -> Response[str]:
        return failed(NotFound("There is no such page."))

    app.exception_handler(Unauthorized)(expired)
    app.exception_handler(AppError)(failed)
    app.exception_handler([PynamoDBException, BotoCoreError, ClientError])(lambda error: failed(_unavailable(error)))
    app.exception_handler(Exception)(lambda error: failed(_bug(error)))
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
