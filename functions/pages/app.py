"""The Lambda handler of `/l/`; its routes are in `routes/`."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import budget
from quickcare.observability import logger
from quickcare.web.headers import guarded
from quickcare.web.watched import watched

from pages import failures
from pages.routes import links

app = APIGatewayRestResolver()
app.include_router(links.router)
failures.register(app)


@logger.inject_lambda_context(clear_state=True)
@budget.kept
@watched
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The Lambda handler."""
    return guarded(app.resolve(event, context))
