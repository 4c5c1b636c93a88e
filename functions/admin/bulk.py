"""One action on several rows of a list. Each is a transaction of its own with its own audit entry, and what failed is
told."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from quickcare.budget import OutOfTime
from quickcare.errors import AppError, BadRequest, Unauthorized
from quickcare.web.failures import unavailable

from admin.request import Request

_MOST = 50


class Failed(NamedTuple):
    """A row for which the action failed, and why."""

    id: str
    why: str


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
