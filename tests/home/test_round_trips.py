"""GET /api/home/ takes two round trips, however much there is."""

from tests import round_trips
from tests.api import Api, authorize
from tests.documents.filing import Filing
from tests.documents.test_round_trips import write_documents_of
from tests.people import People, Person
from tests.practice import Practice


def cost(api: Api, who: Person) -> tuple[int, int, set[str]]:
    identity = authorize(who.access)
    with round_trips.counted() as trips:
        answer = api.get("/api/home/", identity=identity)
    assert answer.status == 200, answer
    return trips.reads, trips.writes, {call.operation for call in trips.calls}


def test_with_everything_it_takes_two_reads(api: Api, practice: Practice, filing: Filing, people: People) -> None:
    for start in ("09:00", "09:15"):
        practice.booked(people.alice, appointment_time=start)
    for _ in range(2):
        filing.consent_for(people.dora, filing.document_of(people.alice, people.lata))
    assert cost(api, people.alice) == (2, 0, {"GetItem", "Query", "BatchGetItem"})


def test_a_new_account_takes_one(api: Api, people: People) -> None:
    assert cost(api, people.bob) == (1, 0, {"GetItem", "Query"})


def test_a_thousand_documents_cost_the_same(api: Api, people: People) -> None:
    write_documents_of(people.alice, 1000)
    with round_trips.counted() as trips:
        answer = api.get("/api/home/", people.alice.access)
    assert len(answer.json["documents"]) == 10
    # The authorizer's read is the third.
    assert (trips.reads, trips.writes) == (3, 0)
