"""Routes of the documentation (`/api/schema/`, `/api/docs/`, `/api/redoc/`), and `/api/health/`, which says what runs.

This function has no right on any data and knows no secret, so these are what anybody may ask of.
"""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from pydantic import BaseModel, Field
from quickcare.settings import settings
from quickcare.web import http
from quickcare.web.access import anyone, may
from quickcare.web.fields import Named
from quickcare.web.public_url import PublicBaseDep
from quickcare.web.resolver import Resolver

from docs import assets, pages, schema

app = Resolver(**http.options())
http.register_errors(app)
handler = http.handler(app)

HTML = "text/html; charset=utf-8"
Format = Annotated[
    Annotated[Literal["json", "yaml", ""], Named("DocumentFormat")],
    Query(
        alias="format",
        description="`json` or `yaml`; by default what the `Accept` header prefers, which is JSON where it says "
        "nothing.",
    ),
]
Version = Annotated[
    Annotated[Literal["3.1", "3.0", ""], Named("OpenApiVersion", ["V3_1", "V3_0"])],
    Query(
        description="The version of OpenAPI: `3.1`, which is the default, or `3.0` for tools that read no newer one."
    ),
]
Accept = Annotated[str, Header(alias="Accept")]


class HealthView(BaseModel):
    """That requests are answered, by which code and where."""

    status: str = Field(description="Always `ok`.", examples=["ok"])
    stage: str = Field(examples=["prod"])
    commit: str = Field(description="What was built; empty where nobody said.", examples=["3f2a9c1"])


@app.get("/api/health")
@may(anyone)
def health() -> HealthView:
    """Say that the API answers, in which stage and of which commit.

    It reads nothing, so it says nothing of the database.
    """
    return HealthView(status="ok", stage=settings().stage, commit=settings().commit)


def _answers(json_schema_type: str, *media_types: str) -> dict[int, Any]:
    content = {media_type: {"schema": {"type": json_schema_type}} for media_type in media_types}
    return {HTTPStatus.OK: {"description": "OK", "content": content}}


@app.get("/api/schema", responses=_answers("object", *schema.MEDIA_TYPES.values()))
@may(anyone)
def schema_document(
    base: PublicBaseDep, wanted: Format = "", version: Version = "", accept: Accept = ""
) -> Response[str]:
    """This document (OpenAPI), as JSON or YAML."""
    kind = wanted or schema.preferred(accept)
    return Response(
        HTTPStatus.OK, schema.MEDIA_TYPES[kind], schema.text(kind, base, version or "3.1"), {"Vary": "Accept"}
    )


@app.get("/api/docs", responses=_answers("string", "text/html"))
@may(anyone)
def swagger_ui(base: PublicBaseDep) -> Response[str]:
    """Swagger UI: read the documentation, authorize with a token and try calls."""
    return Response(HTTPStatus.OK, HTML, pages.swagger_ui(base), pages.headers())


@app.get("/api/redoc", responses=_answers("string", "text/html"))
@may(anyone)
def redoc(base: PublicBaseDep) -> Response[str]:
    """Redoc: the documentation on one page."""
    return Response(HTTPStatus.OK, HTML, pages.redoc(base), pages.headers(inline_styles=True, searches=True))


@app.get("/api/docs/<asset>", include_in_schema=False)
@may(anyone)
def static_file(asset: str) -> Response[str]:
    """A script, style or icon of the pages."""
    media_type, text = assets.read(asset)
    headers = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(HTTPStatus.OK, media_type, text, headers)
