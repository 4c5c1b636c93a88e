"""People at addresses of their own, who speak to a local server over HTTP and know no more than its answers and SMS."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.admin.browser import Shown
from tests.devserver.conftest import ONE_SHOT, SECONDS, Server, eventually
from tests.documents.pdfs import pdf
from tests.people import code_in

PASSWORD, MASTER_CODE = "correct horse 7", "888888"
SUPERADMIN, SUPERADMIN_PASSWORD = 9999999999, "admin@123"
LOGIN, RESET, CONFIRM = "/api/users/login/", "/api/users/password/reset/", "/api/users/password/reset/confirm/"
DOCUMENTS = "/api/documents/"
_TLS = ssl.create_default_context()  # nobody here speaks TLS, and making one for each takes long
_RESET_TEXT = "It is valid for"
_hosts: Iterator[str] = (f"127.{number // 200 + 1}.0.{number % 200 + 1}" for number in count())
_contacts: Iterator[int] = iter(range(9876700001, 9876799999))


def new_contact() -> int:
    """A number that nobody has."""
    return next(_contacts)


def other_than(code: str) -> str:
    """A wrong code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


@dataclass
class Somebody:
    """One person at one address, which nobody else has. `tokens` are those of the account, if there is one."""

    server: Server
    address: str = field(default_factory=lambda: next(_hosts))
    contact: int = 0
    id: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        transport = httpx.HTTPTransport(verify=_TLS, local_address=self.address, limits=ONE_SHOT)
        self.client = httpx.Client(base_url=self.server.client.base_url, transport=transport, timeout=SECONDS)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens['access']}"} if self.tokens else {}
        headers |= options.pop("headers", {})
        if body is not None:
            options["json"] = body
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.call("POST", path, body, **options)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> httpx.Response:
        return self.call("DELETE", path)

    def read(self, path: str, **options: Any) -> Any:
        """What a request that must succeed answers."""
        return good(self.get(path, **options))

    def make(self, path: str, body: Any, **options: Any) -> Any:
        """What a request that must succeed makes."""
        return good(self.post(path, body, **options))

    def elsewhere(self) -> "Somebody":
        """The same person, not logged in, at another address."""
        return Somebody(self.server, contact=self.contact, id=self.id)

    # Accounts

    def log_in(self, password: str = PASSWORD, contact: int = 0) -> httpx.Response:
        return self.client.post(LOGIN, json={"contact": contact or self.contact, "password": password})

    def enters(self, answer: httpx.Response) -> "Somebody":
        """Go on with the tokens of an answer."""
        shown = good(answer)
        self.tokens = {name: shown[name] for name in ("access", "refresh")}
        return self

    def texts(self, word: str, contact: int = 0) -> list[str]:
        """The SMS with this word to a contact, newest first."""
        sent = self.server.client.get("/dev/sms", params={"to": contact or self.contact}).json()
        return [one["body"] for one in sent if word in one["body"]]

    def ask_for_code(self) -> str:
        """The code of a reset of the own password."""
        before = len(self.texts(_RESET_TEXT))
        assert self.client.post(RESET, json={"contact": self.contact}).status_code == 200
        return code_in(eventually(lambda: self.texts(_RESET_TEXT)[before:] and self.texts(_RESET_TEXT)[0]))

    def guess(self, contact: int, code: str) -> httpx.Response:
        """Try a code of a reset."""
        return self.client.post(CONFIRM, json={"contact": contact, "otp": code, "password": "another horse 8"})

    # What operators see

    def seen(self, *words: str, contact: int = 0) -> list[str]:
        """The lines of the security log about requests from this address, or about a contact, with these words."""
        about = self.server.pseudonym(contact=contact) if contact else self.server.pseudonym(address=self.address)
        lines = [line for line in self.server.output.splitlines() if line.startswith("security: ") and about in line]
        return [line for line in lines if all(word in line.split() for word in words)]

    # Documents

    def file(self, **fields: str) -> str:
        """The id of a new document, sent as a form."""
        return str(good(self.send_form(**fields))["id"])

    def send_form(self, **fields: str) -> httpx.Response:
        data = {"title": "CBC Report", "document_type": "lab_report", **fields}
        return self.post(DOCUMENTS, data=data, files={"file": ("cbc.pdf", pdf(), "application/pdf")})

    def log(self, outcome: str) -> list[dict[str, Any]]:
        """What this patient reads of who saw what."""
        entries: list[dict[str, Any]] = self.read(f"{DOCUMENTS}access-log/?outcome={outcome}")
        return entries


def good(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201), (answer.request.url, answer.status_code, answer.text)
    return answer.json()


def is_refused(answer: httpx.Response) -> bool:
    """Whether a limit answered, and said when to come again."""
    return answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 86_400


def register(server: Server, name: str, kind: str = "patient") -> Somebody:
    """A patient or an owner, through both steps."""
    who = Somebody(server, contact=new_contact())
    start = {"contact": who.contact, "name": name, "password": PASSWORD}
    token = who.make(f"/api/users/onboarding/{kind}/step1/", start)["registration_token"]
    finish = {"contact": who.contact, "otp": MASTER_CODE, "registration_token": token}
    answer = who.post(f"/api/users/onboarding/{kind}/step2/", finish)
    who.id = good(answer)["user"]["id"]
    return who.enters(answer)


class Panel:
    """An administrator's browser."""

    def __init__(self, server: Server) -> None:
        self.client = Somebody(server).client

    def get(self, path: str) -> Shown:
        return _shown(self.client.get(f"/admin/{path}"))

    def post(self, path: str, fields: dict[str, str]) -> Shown:
        return _shown(self.client.post(f"/admin/{path}", data=fields))

    def submit(self, page: Shown, action: str, **changed: str) -> Shown:
        return self.post(action, {**page.forms[action], **changed})

    def log_in(self, contact: int = SUPERADMIN, password: str = SUPERADMIN_PASSWORD) -> Shown:
        return self.submit(self.get("login"), "login", contact=str(contact), password=password)


def _shown(answer: httpx.Response) -> Shown:
    headers = {name.title(): value for name, value in answer.headers.items()}
    return Shown(answer.status_code, answer.text, headers, answer.headers.get_list("set-cookie"))
