"""What the panel's forms may say, by the rules of the API's bodies."""

from typing import TypeVar

from pydantic import ValidationError
from quickcare.errors import BadRequest
from quickcare.web.fields import Body, Email, Name
from quickcare.web.http import text_of

from admin.request import Request

B = TypeVar("B", bound=Body)


class PersonChange(Body):
    """Name and e-mail address of an account."""

    name: Name
    email: Email | None = None


def read(model: type[B], request: Request) -> B:
    """The form as this body. Raises BadRequest, which names the first field that is wrong."""
    try:
        return model.model_validate(request.form)
    except ValidationError as problem:
        error = problem.errors()[0]
        field = str(error["loc"][0]).replace("_", " ").capitalize() if error["loc"] else "This form"
        raise BadRequest(f"{field}: {text_of(error)}") from None
