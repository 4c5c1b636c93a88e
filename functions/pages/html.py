"""The answers of the pages: HTML from the templates, with the headers that keep it private.

The style stands in the page, because a phone then asks once; the policy names its hash. There is no script.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from quickcare.errors import AppError

from pages.languages import words

_HERE = Path(__file__).parent


def page(template: str, language: str, *, status: int = 200, **shown: Any) -> Response[str]:
    """A page in the language with this code. Its template has the language's words as `say`."""
    style, say = Markup(_style()), words(language)  # noqa: S704 - our own file
    text = _templates().get_template(template).render(style=style, lang=language, say=say, **shown)
    return Response(status, "text/html; charset=utf-8", text, dict(_headers()))


def done(language: str, title: Markup, text: Markup) -> Response[str]:
    """The page that says what was done."""
    return page("done.html", language, title=title, text=text)


def failure(error: AppError) -> Response[str]:
    """A page that says what did not work, in both languages: nobody may learn from a link whose it was."""
    return with_wait(page("failure.html", "en", status=error.status, code=error.status), error)


def with_wait(answer: Response[str], error: AppError) -> Response[str]:
    """The answer, which says when to try again if the error does."""
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


@cache
def _style() -> str:
    return (_HERE / "static" / "pages.css").read_text("utf-8")


@cache
def _headers() -> dict[str, str | list[str]]:
    style = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{style}'; img-src data:; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        # The address of the page is a secret.
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
