"""The headers that every answer has, from every function and from API Gateway itself (template.yaml: GatewayResponses).

A function may have set one of them otherwise: a public answer says how long it may be kept, a page where its address
may go. Those stay. All else is personal, and nobody may keep it.
"""

from typing import Any

EVERYWHERE = {
    "Cache-Control": "no-store",
    # For an answer that somebody opens as a page. Our own pages have a policy that lets them show something.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    # Browsers look at it with TLS only, so it does no harm on a laptop.
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


def guarded(answer: dict[str, Any]) -> dict[str, Any]:
    """A Lambda proxy answer, with those of these headers that it lacks."""
    own = answer.get("multiValueHeaders") or {}
    return {**answer, "multiValueHeaders": {**{name: [value] for name, value in EVERYWHERE.items()}, **own}}
