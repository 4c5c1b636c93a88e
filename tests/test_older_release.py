"""An update is taken back: the release before goes on with what the newer one has written.

What a release adds are attributes, and items of kinds that the one before does not know.
"""

from quickcare import clock
from quickcare.settings import settings

from operators import invariants
from operators.invariants.finding import Finding
from tests import bench
from tests.api import Api
from tests.operators import stage
from tests.people import PASSWORD, People
from tests.town import stored

ADDED = "added_by_the_next_release"
LOGS = ("ACCESS-LOG", "AUDIT")
"""Whose entries are chained: one that is changed afterwards is found."""


def test_attributes_that_a_newer_release_has_added_are_passed_over(api: Api, people: People) -> None:
    used = stage.used(api, people)
    items = [{**item, ADDED: {"S": "so"}} for (pk, _), item in stored().items() if not pk.startswith(LOGS)]
    assert len(items) > 50
    bench.write_all([{"PutRequest": {"Item": item}} for item in items])
    assert went_on(api, used) == []


def test_items_that_a_newer_release_has_added_are_passed_over_and_named(api: Api, people: People) -> None:
    used = stage.used(api, people)
    partitions = {pk for pk, _ in stored() if not pk.startswith(LOGS)}
    added = {"sk": {"S": "NEXT-RELEASE#1"}, "kind": {"S": "NextRelease"}}
    bench.write_all([{"PutRequest": {"Item": {"pk": {"S": pk}, **added}}} for pk in partitions])
    findings = went_on(api, used)
    assert {one.pk for one in findings} == partitions
    assert {one.what for one in findings} == {"is of no kind that there is"}


def went_on(api: Api, used: stage.Stage) -> list[Finding]:
    """Log in, read, cancel and book; what `manage.py check-invariants` finds then."""
    body = {"contact": used.alice.contact, "password": PASSWORD}
    token = api.post("/api/users/login/", body).json["access"]
    lists = ("/api/users/me/", "/api/appointments/my/", "/api/documents/", "/api/doctors/?search=suresh", "/api/home/")
    assert [api.get(path, token).status for path in lists] == [200] * len(lists)
    assert api.patch(f"/api/appointments/my/{used.booked}/", {"status": "cancelled"}, token).status == 200
    booked = {"doctor": used.doctor_id, "appointment_date": stage.MONDAY, "appointment_time": "11:00"}
    assert api.post("/api/appointments/my/", booked, token).status == 201
    findings, _ = invariants.settled(settings().table_name, clock.now())
    return list(findings)
