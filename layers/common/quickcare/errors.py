"""The one error tree. Services raise these, `http` maps them; the message is safe to show to the caller."""


class AppError(Exception):
    """An answer other than success: `status` is the HTTP code, `message` what the caller may read."""

    status = 500
    message = "Something went wrong on our side. Please try again."

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
    status = 400
    message = "The request is not valid."


class Invalid(BadRequest):
    """One field is wrong: answers `{field: [text]}`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

    @property
    def body(self) -> dict[str, object]:
        return {self.field: [self.message]}


class Unauthorized(AppError):
    status = 401
    message = "Authentication credentials are missing, invalid or expired."


class Forbidden(AppError):
    status = 403
    message = "You do not have permission to do this."


class NotFound(AppError):
    status = 404
    message = "Not found."


class Conflict(AppError):
    status = 409
    message = "This conflicts with the current state. Please reload and try again."


class TooManyRequests(AppError):
    status = 429
    message = "Too many requests. Please wait and try again."


class Unavailable(AppError):
    """A dependency failed (DynamoDB, Secrets Manager): nothing was half written, trying again is safe."""

    status = 503
    message = "The service is temporarily unavailable. Please try again."
