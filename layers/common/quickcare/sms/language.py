"""What a language of SMS consists of; each one is a module of `quickcare.sms.languages`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language. `texts` are its SMS by key, with `{variables}`; every language has the same.

    `script` is the one, besides Latin, in which names stay as they are written, by its name in Unicode. `unnamed` says
    who is meant when a name cannot be written; `roles` are those of members; `moment` says a date (`YYYY-MM-DD`) and a
    time of day (`HH:MM`) as people read them. A text is sent as at most `most_segments` SMS.
    """

    code: str
    name: str
    script: str | None
    doctor: str
    unnamed: Mapping[str, str]
    roles: Mapping[str, str]
    moment: Callable[[str, str], str]
    most_segments: int
    texts: Mapping[str, str]
