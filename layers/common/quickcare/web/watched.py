"""What logs know of every request that API Gateway sends to a function."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from quickcare import security_log
from quickcare.observability import following

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def watched(handle: Handler) -> Handler:
    """The handler, with its refusals, limits and logins in the security log, and its request in each line of the log.
    All handlers of API Gateway have it."""

    @wraps(handle)
    def run(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        about = _about(event, context)
        with following(about.id, route=about.route), security_log.request(about) as seen:
            answer = handle(event, context)
            seen.answered(int(answer["statusCode"]))
            return answer

    return run


def _about(event: dict[str, Any], context: LambdaContext) -> security_log.Request:
    about = event["requestContext"]
    return security_log.Request(
        id=str(about.get("requestId") or context.aws_request_id),
        route=f"{event['httpMethod']} {event.get('resource') or ''}".strip(),
        source_ip=str((about.get("identity") or {}).get("sourceIp") or ""),
        user_id=str((about.get("authorizer") or {}).get("user_id") or ""),
    )
