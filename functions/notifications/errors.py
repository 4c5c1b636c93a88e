"""Why a message was not delivered. None of these holds a number, a text or a credential."""


class NotDelivered(Exception):
    """The message stays in the queue; `reason` is safe to log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class SendRefused(NotDelivered):
    """The provider certainly did not take the SMS, so that another try may send it."""


class OutcomeUnknown(NotDelivered):
    """The SMS may have gone out. It must not be sent again."""


class SenderUnavailable(NotDelivered):
    """No provider is configured; nothing was tried."""


def answered(status: int, code: object) -> SendRefused | OutcomeUnknown:
    """What an error answer of a provider proves.

    A gateway that lost the provider's answer (502, 504) proves nothing; every other error answer says that
    nothing was accepted (https://www.twilio.com/docs/usage/twilios-response).
    """
    reason = f"provider answered {status} (code {code})"
    return OutcomeUnknown(reason) if status in (502, 504) else SendRefused(reason)
