"""GET and POST /l/<code>: the page on which the owner of a document answers a doctor."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests import faults, round_trips, town
from tests.api import Answer, Api
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.documents.filing import Filing, consent_of, deactivate, dismiss, from_now
from tests.pages.conftest import NOBODYS, words
from tests.people import People, Person

GONE = "This link does not work"


@dataclass
class Asked:
    """An owner whom a doctor asks: `path` is where the link of the SMS leads."""

    api: Api
    owner: Person
    document_id: str
    sms: str

    @property
    def path(self) -> str:
        return urlsplit(self.sms.split("document: ")[1].split()[0]).path.removeprefix("/test")

    def look(self) -> Answer:
        return self.api.get(self.path, ip="203.0.113.7")

    def post(self, **fields: str) -> Answer:
        return self.api.call("POST", self.path, raw=urlencode(fields), ip="203.0.113.7")

    @property
    def status(self) -> str:
        (consent,) = faults.items(kind="Consent", document_id=self.document_id)
        return str(consent["status"])


@pytest.fixture
def filing(api: Api) -> Filing:
    return Filing(api)


@pytest.fixture
def asked(api: Api, people: People, filing: Filing) -> Asked:
    """Alice, whom Dora asks for one of her documents."""
    document_id = filing.document_of(people.alice, title="HIV test")
    sms_to(people.alice.contact)
    filing.consent_for(people.dora, document_id, purpose="Second opinion")
    return Asked(api, people.alice, document_id, sms_to(people.alice.contact)[0])


def is_gone(page: Answer) -> bool:
    return page.status == 404 and GONE in words(page)


def test_the_page_says_what_the_sms_said(asked: Asked, people: People) -> None:
    assert asked.sms.startswith("QuickCare: Dr. Dora Iyer asks to see a document: https://api.example.com/test/l/")
    page = asked.look()
    assert page.status == 200
    assert "Dr. Dora Iyer asks to see a document" in words(page)
    for personal in ("HIV", "Second opinion", "Alice", str(people.alice.contact), people.alice.id, asked.document_id):
        assert personal not in page.text


def test_opening_the_page_changes_nothing(asked: Asked) -> None:
    before = town.stored()
    assert [asked.look().status for _ in range(3)] == [200] * 3
    assert town.stored() == before


@pytest.mark.parametrize(
    ("answer", "status", "says", "told"),
    [
        ("allow", "granted", "You allowed it", "lets you see a document"),
        ("refuse", "rejected", "You refused", "does not let you see a document"),
    ],
)
def test_an_answer_counts_once_and_the_doctor_hears_of_it(
    asked: Asked, people: People, answer: str, status: str, says: str, told: str
) -> None:
    page = asked.post(answer=answer)
    assert (page.status, asked.status) == (200, status)
    assert says in words(page)
    assert told in sms_to(people.dora.contact)[0]
    # AND the link is used up
    assert is_gone(asked.look())
    assert is_gone(asked.post(answer="allow"))
    assert is_gone(asked.post(answer="refuse"))
    assert (asked.status, faults.items(kind="Link")) == (status, [])


def test_who_allowed_it_can_take_it_back_in_the_app(asked: Asked, filing: Filing, people: People) -> None:
    asked.post(answer="allow")
    assert filing.answer(people.alice, consent_of(people.dora, asked.document_id).id, "revoked").status == 200


def test_two_answers_at_once_are_one(asked: Asked, real_dynamodb: None) -> None:
    # WHEN both buttons are pressed at the same moment, on eight phones
    found = faults.at_once(8, lambda number: asked.post(answer=("allow", "refuse")[number % 2]))
    pages = [page for page in found if isinstance(page, Answer)]
    # THEN one of them counts, and all others lead nowhere
    assert sorted(page.status for page in pages) == [200] + [404] * 7
    assert ("You allowed it" in words(next(p for p in pages if p.status == 200))) == (asked.status == "granted")


def test_asking_for_something_else_ends_the_link_before(asked: Asked, filing: Filing, people: People) -> None:
    filing.consent_for(people.dora, asked.document_id, purpose="Another purpose")
    assert is_gone(asked.look())
    assert is_gone(asked.post(answer="allow"))
    anew = Asked(asked.api, asked.owner, asked.document_id, sms_to(people.alice.contact)[0])
    assert anew.post(answer="allow").status == 200


def answered_in_the_app(asked: Asked, filing: Filing, people: People) -> None:
    filing.answer(people.alice, consent_of(people.dora, asked.document_id).id, "rejected")


def deleted(asked: Asked, filing: Filing, people: People) -> None:
    assert asked.api.delete(f"/api/documents/{asked.document_id}/", token=people.alice.access).status == 200


def doctor_left(_asked: Asked, _filing: Filing, people: People) -> None:
    dismiss(people.dora)


def deactivated(_asked: Asked, _filing: Filing, people: People) -> None:
    deactivate(people.alice)


@pytest.mark.parametrize("end", [answered_in_the_app, deleted, doctor_left, deactivated])
def test_a_question_that_is_no_longer_open_is_the_same_404(
    asked: Asked, filing: Filing, people: People, end: Any
) -> None:
    wrong = asked.api.get(NOBODYS, ip="203.0.113.7")
    end(asked, filing, people)
    before = town.stored()
    assert asked.look().text == wrong.text
    for answer in ("allow", "refuse"):
        assert is_gone(asked.post(answer=answer))
    assert town.stored() == before


def test_a_link_is_good_for_seven_days(asked: Asked, time: FakeClock) -> None:
    time.advance(days=7, seconds=-1)
    assert asked.look().status == 200
    time.advance(seconds=1)
    assert is_gone(asked.look())
    assert is_gone(asked.post(answer="allow"))


def test_what_has_expired_cannot_be_allowed(asked: Asked, filing: Filing, people: People, time: FakeClock) -> None:
    filing.consent_for(people.dora, asked.document_id, expires_at=from_now(days=1))
    anew = Asked(asked.api, asked.owner, asked.document_id, sms_to(people.alice.contact)[0])
    time.advance(days=1, seconds=1)
    assert is_gone(anew.look())
    assert is_gone(anew.post(answer="allow"))


@pytest.mark.parametrize("fields", [{}, {"answer": ""}, {"answer": "accept"}, {"answer": "granted"}])
def test_a_form_of_another_page_changes_nothing(asked: Asked, fields: dict[str, str]) -> None:
    assert (asked.post(**fields).status, asked.status) == (400, "pending")


def test_the_page_is_in_the_language_of_the_owner(asked: Asked, people: People) -> None:
    chosen = {"language": "hi", "reminders": True}
    assert asked.api.put("/api/users/me/preferences/", chosen, token=people.alice.access).status == 200
    page = asked.look()
    assert '<html lang="hi">' in page.text
    assert "Dr. Dora Iyer एक दस्तावेज़ देखना चाहते हैं" in words(page)
    assert "आपने मना कर दिया" in words(asked.post(answer="refuse"))


def test_the_languages_of_pages_say_the_same_things() -> None:
    import re

    from pages.languages import english, hindi

    def variables(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert english.WORDS.keys() == hindi.WORDS.keys()
    wrong = [key for key in english.WORDS if variables(english.WORDS[key]) != variables(hindi.WORDS[key])]
    assert wrong == []


def test_round_trips(asked: Asked) -> None:
    with round_trips.counted() as trips:
        assert asked.look().status == 200
    assert trips.reads == 3
    with round_trips.counted() as trips:
        assert asked.post(answer="allow").status == 200
    assert trips.reads == 7
