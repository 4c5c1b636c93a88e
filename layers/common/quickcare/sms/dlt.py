"""What India's operators know of us (DLT, by TRAI's rules): our entity, the header we send as, and an id for each text.

An operator of QuickCare keeps it in a secret, as the portal gave it (docs/operations.md: SMS in India):

    {"entity_id": "1201…", "sender": "QCKCAR", "templates": {"appointment_booked": {"en": "1707…", "hi": "1707…"}, …}}
"""

from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quickcare import aws
from quickcare.settings import SettingsError, settings
from quickcare.sms import registered

_Id = Annotated[str, Field(pattern="^[0-9A-Za-z]{1,50}$")]  # as Amazon SNS takes it


class Ids(NamedTuple):
    """What an operator wants with one SMS. One of an older release has no template."""

    entity_id: str
    sender: str
    template_id: str | None


class Registration(BaseModel):
    """The secret's value."""

    model_config = ConfigDict(frozen=True)

    entity_id: _Id
    sender: Annotated[str, Field(pattern="^[0-9A-Za-z]{3,11}$")]
    templates: dict[str, dict[str, _Id]]

    def ids(self, key: str | None, language: str | None) -> Ids:
        """What goes with the text with this key in this language. Raises KeyError when it has no id."""
        template = self.templates[key][language] if key and language else None
        return Ids(self.entity_id, self.sender, template)

    def missing(self) -> list[str]:
        """The texts that have no id, as `key in language`."""
        texts = registered.texts("")
        return [f"{one.key} in {one.language}" for one in texts if one.language not in self.templates.get(one.key, {})]


def registration() -> Registration | None:
    """The registration of this stage; None where it needs none. Raises Unavailable; SettingsError when it is wrong or
    the id of a text is missing."""
    if not settings().dlt_secret:
        return None
    return read(settings().dlt_secret)


def read(secret_id: str) -> Registration:
    """The registration in a secret. Raises Unavailable; SettingsError when it is wrong or a text has no id."""
    try:
        found = Registration.model_validate(aws.secret(secret_id))
    except ValidationError as error:
        wrong = (".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False))
        raise SettingsError(f"The DLT registration is not complete; wrong or missing: {', '.join(wrong)}") from None
    if missing := found.missing():
        raise SettingsError(f"The DLT registration has no id for {', '.join(missing)}")
    return found
