"""The messages of the queue, and what a provider is answered."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from quickcare.web.fields import View


class CodeInSms(BaseModel):
    """What keeps the code or password in the text alive (`quickcare.db.items.LiveCode`)."""

    pk: str = Field(min_length=1)
    sk: str = Field(min_length=1)
    expires_at: AwareDatetime


class SmsMessage(BaseModel):
    """One SMS as `quickcare.sms.outbox` publishes it. `to` is E.164, empty for nobody; at most one SMS is sent for an
    `id`. `text` is the key of what it says in the registry, `correlation_id` the request with which all began; one that
    an older release accepted has neither."""

    id: UUID
    to: str = Field(pattern=r"^(\+[1-9][0-9]{6,14})?$")
    body: str = Field(min_length=1)
    text: str | None = None
    language: str | None = None
    code: CodeInSms | None = None
    correlation_id: str | None = None


class ReportTaken(View):
    """Exotel wants 200 and not 204."""

    message: str = "The report is taken."
