"""What became of SMS and what they cost, as metrics (docs/operations.md: Watch)."""

from quickcare.observability import measure
from quickcare.sms import gsm7

_OLD = "unknown"
"""The key of an SMS that an older release accepted."""


def ended(state: str, text: str | None) -> None:
    """Count an SMS by what became of it (`SmsReceipt`) and by the key of what it says.

    One that was sent is counted once more when its provider tells how it went on.
    """
    measure("Sms", 1, "Count", {"state": state, "text": text or _OLD})


def paid(body: str, text: str | None) -> None:
    """Count the segments that an SMS is paid as, by the key of what it says."""
    measure("SmsSegments", gsm7.segments(body), "Count", {"text": text or _OLD})
