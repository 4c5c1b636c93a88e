"""Failures that no caller caused, as the API and the pages log them before each answers in its own form."""

from quickcare.errors import AppError, Unavailable
from quickcare.observability import count, logger, show, where


def unavailable(error: Exception) -> Unavailable:
    """Log and count that a dependency failed; the error to answer."""
    logger.error("a dependency failed", error=type(error).__name__, cause=type(getattr(error, "cause", error)).__name__)
    show(error)
    count("DependencyFailure")
    return Unavailable()


def bug(error: Exception) -> AppError:
    """Log and count an error that nobody handled; the error to answer."""
    # Only the type and the line: a message may quote what somebody sent.
    logger.error("unhandled error", error=type(error).__name__, where=where(error))
    show(error)
    count("UnhandledError")
    return AppError()
