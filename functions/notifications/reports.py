"""What a provider tells of an SMS after it took it: that the phone has it, or that it can never be delivered, and why.

Reports come in any order, some twice, some never. The first one that says how the SMS ended counts.
"""

import re
from datetime import datetime
from urllib.parse import parse_qsl

from quickcare.db import table
from quickcare.db.items import SmsReceipt
from quickcare.errors import Forbidden
from quickcare.observability import follow, logger
from quickcare.settings import settings
from quickcare.sms import counting

from notifications import receipts

_MOST_FIELDS = 100  # providers send about a dozen


def url(provider: str) -> str:
    """The address for a provider's reports, to which the id of an SMS is added. Empty where nobody can reach us."""
    base = settings().public_url
    return f"{base}/api/notifications/{provider}/" if base else ""


def fields(form: str) -> dict[str, str]:
    """The fields of a report. Raises Forbidden for more than any provider sends."""
    try:
        return dict(parse_qsl(form, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Forbidden from None


def take(sms_id: str, state: str, provider: str, provider_id: str, code: str, now: datetime) -> None:
    """Write into the receipt how the SMS ended, once: 1 read, 1 write. `code` is why, when it was not delivered."""
    # Before the write: what is committed must not be reported as failed.
    receipt = table.fetch(SmsReceipt.key(sms_id))
    if receipt is None:
        return
    follow(receipt.correlation_id)
    why = re.sub("[^0-9]", "", code)[:6] or None
    if not receipts.mark_ended(sms_id, state, provider, provider_id, why, now):
        return
    known = {"sms_id": sms_id, "provider_id": provider_id, "text": receipt.text}
    if state == receipts.UNDELIVERABLE:
        logger.warning("SMS was not delivered", extra={**known, "provider_code": why})
    else:
        logger.info("SMS delivered", extra=known)
    counting.ended(state, receipt.text)
