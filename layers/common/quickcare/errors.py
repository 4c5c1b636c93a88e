"""Every error that a service raises. `quickcare.web.http` makes the answer; callers may read the message."""

from collections.abc import Mapping


class AppError(Exception):
    """A request that does not succeed. `status` is the HTTP code of the answer, `message` its text."""

    status = 500
    message = "Something went wrong on our side. Please try again."
    is_about_burned_code = False  # for the security log; the caller is told what a wrong code is told

    def __init__(self, message: str | None = None, *, retry_after: int | None = None) -> None:
        """`retry_after` is in seconds and becomes the Retry-After header."""
        self.message = message or self.message
        self.retry_after = retry_after
        super().__init__(self.message)

    @property
    def body(self) -> dict[str, object]:
        """The JSON body (docs/contract.md: Errors)."""
        return {"message": self.message}


class BadRequest(AppError):
    """The request is wrong, and stays wrong when it is sent again."""

    status = 400
    message = "The request is not valid."


class BurnedCode(BadRequest):
    """A code that nobody can use any more, because it was guessed at too often."""

    is_about_burned_code = True


class Invalid(BadRequest):
    """One field is wrong. The body of the answer is that of `about_fields`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

    @property
    def body(self) -> dict[str, object]:
        return about_fields({self.field: [self.message]})


def about_fields(fields: Mapping[str, list[str]]) -> dict[str, object]:
    """The body of an answer about wrong fields: their texts, and the first field's first text as the `message`, because
    one of the apps shows nothing else: `{"birth_date": ["Too early."], "message": "Birth date: Too early."}`."""
    field, texts = next(iter(fields.items()))
    return {**fields, "message": f"{field.replace('_', ' ').capitalize()}: {texts[0]}"}


class Unauthorized(AppError):
    """Nobody knows who is calling: no token, or one that is not good any more."""

    status = 401
    message = "Authentication credentials are missing, invalid or expired."


class Forbidden(AppError):
    """This caller may not do this."""

    status = 403
    message = "You do not have permission to do this."


class NotFound(AppError):
    """There is no such thing, or the caller may not know that there is."""

    status = 404
    message = "Not found."
    hides = False  # for the security log; the caller cannot tell


class Hidden(NotFound):
    """There is such a thing, and this caller may not know it."""

    hides = True


class Conflict(AppError):
    """The state of things forbids it, or others changed it at the same time."""

    status = 409
    message = "This conflicts with the current state. Please reload and try again."


class Repeated(Conflict):
    """The answer to an equal request is kept already, or will be (docs/contract.md: Repeating a request)."""

    message = "An equal request is still in progress."


class TooManyRequests(AppError):
    """A limit is reached; `retry_after` says when to try again."""

    status = 429
    message = "Too many requests. Please wait and try again."


class Unavailable(AppError):
    """A service we depend on failed (DynamoDB, Secrets Manager). Nothing is half written; trying again is safe."""

    status = 503
    message = "The service is temporarily unavailable. Please try again."
