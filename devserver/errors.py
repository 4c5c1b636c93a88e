"""What stops the local server, said so that a person knows what to do."""


class StartError(Exception):
    """The local server cannot run. The message is one sentence that names the fix; it is shown without a traceback.

    Without a message, it has been said already.
    """
