"""One action on several rows of a list. Each is a transaction of its own with its own audit entry, and what failed is
told."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import NamedTuple

from aws_lambda_powertools.event_handler import Response
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from quickcare.errors import AppError, BadRequest, Unauthorized
from quickcare.timeouts import OutOfTime
from quickcare.web.failures import unavailable

from admin import pages
from admin.request import Request
from admin.sessions import Administrator

_MOST = 50


class Failed(NamedTuple):
    """A row for which the action failed, and why."""

    id: str
    why: str


def verify(request: Request, administrator: Administrator, of: str, act: Callable[[str], None]) -> Response[str]:
    """Verify every row of the section `<of>s` that was ticked, and go back to it; or the page (409) of what failed."""
    count, failed = each(request, of, act)
    if failed:
        shown = {"count": count, "failed": failed, "section": f"{of}s"}
        return pages.html(request, "bulk.html", administrator, status=HTTPStatus.CONFLICT, **shown)
    return pages.redirect(request.url(request.back, done="all-verified"))


def each(request: Request, of: str, act: Callable[[str], None]) -> tuple[int, Sequence[Failed]]:
    """Act on every row that was ticked (`<of>-<id>`): for how many it worked, and for which it failed.

    Raises BadRequest when none was ticked, Unauthorized when the session ended before the first one.
    """
    ticked = [name.removeprefix(f"{of}-") for name in request.form if name.startswith(f"{of}-")][:_MOST]
    if not ticked:
        raise BadRequest("Tick at least one row.")
    done, failed = 0, list[Failed]()
    for one in ticked:
        try:
            act(one)
            done += 1
        except Unauthorized:
            if not done:
                raise
            failed.append(Failed(one, "Your session ended before it."))
        except AppError as error:
            failed.append(Failed(one, error.message))
        except (OutOfTime, PynamoDBException, BotoCoreError, ClientError) as error:
            failed.append(Failed(one, unavailable(error).message))
    return done, failed
