"""Charlie's clinic, which invites people, and what an invited person does with the link of the SMS."""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests import once
from tests.api import Answer, Api
from tests.bench import sms_to
from tests.clinics.conftest import Add, add, edith, elsewhere, opened
from tests.people import PASSWORD, People, Person

__all__ = ["add", "edith", "elsewhere"]

# A link as one looks, which leads nowhere: no two codes of the tests' are the same by chance.
NOBODYS = "/l/0000000000000000"


@dataclass
class Invited:
    """A person with an open invitation: `path` is where the link of their SMS leads."""

    api: Api
    person: Person
    member_id: str
    sms: str
    path: str = field(init=False)

    def __post_init__(self) -> None:
        url = self.sms.removesuffix(" (7 days)").rpartition(" ")[2]
        assert url.startswith("https://api.example.com/test/l/"), self.sms
        self.path = urlsplit(url).path.removeprefix("/test")

    def look(self, ip: str = "203.0.113.7") -> Answer:
        return self.api.get(self.path, ip=ip)

    def post(self, ip: str = "203.0.113.7", **fields: str) -> Answer:
        return self.api.call("POST", self.path, raw=urlencode(fields), ip=ip)

    def accept(self, password: str = PASSWORD, role: str = "receptionist") -> Answer:
        return self.post(answer="accept", role=role, password=password)

    def decline(self) -> Answer:
        return self.post(answer="decline")


Invite = Callable[..., Invited]


def words(page: Answer) -> str:
    """What a page says, without its markup and its style."""
    shown = re.sub(r"<style>.*?</style>|<(?!/?strong)[^>]*>", " ", page.text, flags=re.DOTALL)
    shown = re.sub(r"</?strong>", "", shown)
    return re.sub(r"\s+", " ", unescape(shown)).strip()


@pytest.fixture
def clinic(api: Api, people: People) -> Any:
    return deepcopy(once.made(opened, api, people.charlie))


@pytest.fixture
def invite(api: Api, people: People, clinic: Any, add: Add) -> Invite:
    """Lets an owner invite somebody, Charlie as a receptionist if nothing else is said."""

    def post(
        person: Person, role: str = "receptionist", owner: Person = people.charlie, clinic_id: str = clinic["id"]
    ) -> Invited:
        answer = add(owner, clinic_id, person.contact, role)
        assert answer.json["status"] == "pending", answer
        return Invited(api, person, answer.json["id"], sms_to(person.contact)[0])

    return post


@pytest.fixture
def alice(people: People, invite: Invite) -> Invited:
    """Alice, whom Charlie invites as a receptionist."""
    return invite(people.alice)
