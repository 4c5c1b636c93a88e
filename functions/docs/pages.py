"""The pages of Swagger UI and Redoc. They have no inline scripts, and name their files relative to their own address,
so that they work under a stage's path and under a custom domain."""

from html import escape
from urllib.parse import urlsplit

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<base href="{base}">
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="favicon.svg">
{styles}
<link rel="stylesheet" href="docs.css">
</head>
<body>
{body}
<noscript>This page needs JavaScript. The document itself is at <a href="../schema/">/api/schema/</a>.</noscript>
{scripts}
</body>
</html>
"""


def swagger_ui(base: str) -> str:
    """The Swagger UI page of the API at `base` (scheme, host and stage)."""
    return _page(
        base,
        title="QuickCare API",
        styles='<link rel="stylesheet" href="swagger-ui.css">',
        body='<main id="swagger-ui"></main>',
        scripts='<script src="swagger-ui-bundle.js"></script>\n<script src="swagger-ui.js"></script>',
    )


def redoc(base: str) -> str:
    """The Redoc page of the API at `base` (scheme, host and stage)."""
    return _page(
        base,
        title="QuickCare API reference",
        styles="",
        body='<main id="redoc"></main>',
        scripts='<script src="redoc.standalone.js"></script>\n<script src="redoc.js"></script>',
    )


def headers(*, inline_styles: bool = False, searches: bool = False) -> dict[str, str | list[str]]:
    """The headers of a page. Redoc makes its styles in the browser, where no nonce is: it needs `inline_styles`.
    Its search `searches` in a worker that it makes from its own text."""
    styles = "style-src 'self' 'unsafe-inline'" if inline_styles else "style-src 'self'"
    workers = ["worker-src blob:"] if searches else []
    policy = [
        "default-src 'none'",
        "script-src 'self'",
        styles,
        *workers,
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    return {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _page(base: str, **parts: str) -> str:
    return _PAGE.format(base=escape(f"{urlsplit(base).path}/api/docs/"), **parts)
