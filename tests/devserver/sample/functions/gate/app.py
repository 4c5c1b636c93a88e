"""An authorizer whose verdict is the token itself."""

from typing import Any

calls: dict[str, int] = {}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    verdict = event["authorizationToken"].removeprefix("Bearer ")
    calls[verdict] = calls.get(verdict, 0) + 1
    if verdict == "expired":
        raise Exception("Unauthorized")  # the one spelling API Gateway takes as 401
    if verdict == "broken":
        raise RuntimeError("no database")
    statement = {
        "Effect": "Deny" if verdict == "deny" else "Allow",
        "Action": "execute-api:Invoke",
        "Resource": event["methodArn"].partition("/")[0] + "/*",
    }
    return {
        "principalId": "someone",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"user_id": 7, "active": True, "calls": calls[verdict]},
    }
