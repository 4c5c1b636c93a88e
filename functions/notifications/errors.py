"""Why an SMS was not delivered. None of these errors holds a phone number, a text or a credential."""


class NotDelivered(Exception):
    """The message stays in the queue; `reason` is safe to log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class SendRefused(NotDelivered):
    """The provider certainly did not accept the SMS. It may be sent again."""


class OutcomeUnknown(NotDelivered):
    """The provider may have accepted the SMS. It must not be sent again."""


class SenderUnavailable(NotDelivered):
    """No provider is configured. Nothing was sent."""


class Undeliverable(Exception):
    """The provider says that nothing can ever reach this number, and why: `code`. Trying again is useless."""

    def __init__(self, code: object) -> None:
        self.code = str(code)
        super().__init__(self.code)


def answered(status: int, code: object) -> SendRefused | OutcomeUnknown:
    """The error to raise for a provider's error answer with this HTTP status and error code.

    After 502 and 504 the outcome is unknown, because a gateway lost the provider's answer. Every other error answer
    says that nothing was accepted (https://www.twilio.com/docs/usage/twilios-response).
    """
    reason = f"provider answered {status} (code {code})"
    return OutcomeUnknown(reason) if status in (502, 504) else SendRefused(reason)
