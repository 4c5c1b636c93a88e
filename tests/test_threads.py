"""The bench itself: handlers that run in threads answer each their own request."""

from tests import faults
from tests.api import Api, authorize
from tests.people import People


def test_requests_in_threads_get_their_own_answers(real_dynamodb: None, api: Api, people: People) -> None:
    identities = [authorize(person.access) for person in (people.alice, people.bob, people.charlie)]
    for _ in range(10):
        answers = faults.at_once(12, lambda n: api.call("GET", "/api/users/me/", identity=identities[n % 3]).json["id"])
        assert answers == [identities[n % 3]["user_id"] for n in range(12)]  # type: ignore[index]  # all may call
