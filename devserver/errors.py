"""The error that stops the local server."""


class StartError(Exception):
    """The local server cannot run. The message is one sentence that says what to do; it is shown without a traceback.

    It has no message when the reason was printed before.
    """
