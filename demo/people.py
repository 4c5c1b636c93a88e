"""The people of the story, who remember their tokens of the day."""

from dataclasses import dataclass, field
from typing import Any

from demo.cast import PASSWORD
from demo.client import Client

DEACTIVATED = "deactivated patient"
"""The role of somebody who cannot log in any more."""


@dataclass
class Person:
    """An account, and what is the person's: a doctor's id, a patient's appointments and documents."""

    server: Client
    name: str
    contact: int
    role: str
    clinic: str = ""
    password: str = PASSWORD
    id: str = ""
    doctor_id: int = 0
    membership: str = ""
    documents: list[str] = field(default_factory=list)
    _tokens: dict[int, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A request with this person's token."""
        return self.server.call(method, path, body, self.token)

    @property
    def token(self) -> str:
        """An access token. It lives for a day, so each day has another."""
        if self.server.day not in self._tokens:
            body = {"contact": self.contact, "password": self.password}
            self.keep(self.server.call("POST", "/api/users/login/", body))
        return self._tokens[self.server.day]

    def keep(self, answer: Any) -> None:
        """Use the token of this answer for the rest of the day."""
        self._tokens[self.server.day] = answer["access"]
