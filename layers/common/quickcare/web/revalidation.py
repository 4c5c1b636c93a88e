"""Public answers may be kept, and are asked for again each time: `no-cache` with an ETag, and 304 when it still fits.

Personal answers get neither.
"""

import hashlib
import re
from datetime import datetime
from http import HTTPStatus
from typing import Any

# The link to the next page is signed anew for each answer and says the same.
_CURSOR = re.compile(r"cursor=[^\"&]+")


def revalidated(event: dict[str, Any], answer: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The answer to a public GET with its ETag, or 304 without a body for a client that has this one already.

    An answer that says itself how long it may be kept stays as it is.
    """
    is_public = event["httpMethod"] == "GET" and "authorizer" not in event["requestContext"]
    headers = answer.get("multiValueHeaders") or {}
    if not is_public or answer["statusCode"] != HTTPStatus.OK or "Cache-Control" in headers:
        return answer
    tag = _tag(answer.get("body") or "", now)
    kept = {**headers, "Cache-Control": ["no-cache"], "ETag": [tag]}
    if tag not in _known(event):
        return {**answer, "multiValueHeaders": kept}
    kept.pop("Content-Type", None)
    return {**answer, "statusCode": int(HTTPStatus.NOT_MODIFIED), "body": "", "multiValueHeaders": kept}


def _tag(body: str, now: datetime) -> str:
    # The day, because a cursor in a kept answer is good for one.
    text = f"{now:%Y-%m-%d} {_CURSOR.sub('', body)}"
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _known(event: dict[str, Any]) -> list[str]:
    """The tags that the client has, as If-None-Match lists them."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return [tag.strip() for tag in headers.get("if-none-match", "").split(",")]
