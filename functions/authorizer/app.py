"""Finds out who is calling: the account whose live session has this access token. 1 read, unless API Gateway still has
the answer in its cache.

A Deny makes API Gateway answer ACCESS_DENIED, which the template shapes as the contract's 401 (decision 0033). Both
policies cover the whole stage, because API Gateway keeps one answer per token for all routes.
"""

from typing import Any, Literal

from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import budget, clock, security_log
from quickcare.accounts import liveness, tokens
from quickcare.errors import Unauthorized
from quickcare.observability import logger

tokens.load_keys()


@logger.inject_lambda_context(clear_state=True)
@budget.kept
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers API Gateway's TOKEN event with an IAM policy and the caller's identity, whose values are strings."""
    # The event has neither the request's id nor its address; the trace id of the line finds both requests.
    with security_log.request(security_log.Request(context.aws_request_id)) as seen:
        try:
            caller = _caller(event.get("authorizationToken", ""))
        except Unauthorized:
            seen.answered(401)
            return _policy("Deny", event["methodArn"], {})
    return _policy("Allow", event["methodArn"], caller._asdict())


def _caller(header: str) -> liveness.Caller:
    """Whose session an Authorization header proves. Raises Unauthorized."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized
    return liveness.of_access_token(token.strip(), clock.now())


def _policy(effect: Literal["Allow", "Deny"], method_arn: str, identity: dict[str, str]) -> dict[str, Any]:
    # arn:aws:execute-api:region:account:api/stage/METHOD/path
    stage = "/".join(method_arn.split("/")[:2])
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{stage}/*/*"}
    return {
        "principalId": identity.get("user_id", "nobody"),
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": identity,
    }
