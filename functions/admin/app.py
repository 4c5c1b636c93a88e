"""The Lambda handler of `/admin/`; its routes are in `routes/`."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import budget
from quickcare.accounts import tokens
from quickcare.observability import logger
from quickcare.web.headers import guarded
from quickcare.web.watched import watched

from admin import failures
from admin import request as requests
from admin.routes import (
    appointments,
    clinics,
    codes,
    doctors,
    documents,
    login,
    messages,
    panel,
    second_factor,
    user_sessions,
    users,
)

app = APIGatewayRestResolver()
for routes in (login, second_factor, users, user_sessions, appointments, messages, codes, clinics, doctors):
    app.include_router(routes.router)
for routes in (documents, panel):
    app.include_router(routes.router)
failures.register(app)
tokens.load_keys()


@logger.inject_lambda_context(clear_state=True)
@budget.kept
@watched
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The Lambda handler."""
    return guarded(app.resolve(requests.for_routes(event), context))
