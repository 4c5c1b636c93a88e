"""GET /api/home/"""

import pytest
from quickcare.db.items import Appointment, User
from quickcare.roles import Role

from tests.api import Answer, Api, authorize
from tests.conftest import FakeClock
from tests.documents.filing import BASE, DOCUMENTS, Filing, deactivate, next_page
from tests.people import People, Person
from tests.practice import MONDAY, TUESDAY, Practice, change_item

PATH = "/api/home/"
APPOINTMENTS = "/api/appointments/my/"


def home(api: Api, who: Person) -> Answer:
    return api.get(PATH, who.access)


def test_a_patient_sees_all_of_it_as_the_lists_show_it(
    api: Api, practice: Practice, filing: Filing, people: People
) -> None:
    # GIVEN Alice with an appointment, a document of her own, one of the laboratory's, and a question of Dora's
    practice.booked(people.alice)
    filing.document_of(people.alice)
    filing.consent_for(people.dora, filing.document_of(people.alice, people.lata))
    filing.announce(people.alice)
    # WHEN she opens the app
    answer = home(api, people.alice)
    # THEN each part is what its list shows
    assert answer.status == 200
    token = people.alice.access
    assert answer.json["user"] == api.get("/api/users/me/", token).json
    assert answer.json["appointments"] == api.get(APPOINTMENTS, token).json
    assert answer.json["consents"] == api.get(f"{DOCUMENTS}consent/mine/?status=pending", token).json
    listed = filing.list_of(people.alice).json
    assert [without_file(one) for one in answer.json["documents"]] == [without_file(one) for one in listed]
    assert [len(answer.json[part]) for part in ("appointments", "consents", "documents")] == [1, 1, 3]


def without_file(document: dict[str, object]) -> dict[str, object]:
    """The link is signed anew each time; here only whether there is one."""
    return {**document, "file": bool(document["file"])}


def test_a_link_opens_the_file_and_is_logged(api: Api, filing: Filing, people: People) -> None:
    filing.document_of(people.alice)
    (document,) = home(api, people.alice).json["documents"]
    assert document["file"].startswith(f"{BASE}{DOCUMENTS}{document['id']}/file/?t=")
    assert filing.follow(document["file"]).status == 302
    assert filing.log_of(people.alice) == [("Alice Rao", "allowed")]


def test_appointments_are_live_ones_from_today_on_the_earliest_first(
    api: Api, practice: Practice, people: People, time: FakeClock
) -> None:
    # GIVEN one that is pending, one confirmed, one cancelled, one completed, and one that was yesterday
    when = [(TUESDAY, "09:00"), (TUESDAY, "09:15"), (MONDAY, "09:00"), (MONDAY, "09:15"), (TUESDAY, "09:30")]
    _, cancelled, past, _, confirmed = (
        practice.booked(people.alice, appointment_date=day, appointment_time=start) for day, start in when
    )
    practice.cancel(people.alice, cancelled)
    practice.move(confirmed, "confirmed")
    change_item(Appointment.key(past), {"status": "completed"})
    # WHEN it is Monday noon, THEN what nobody finished today is shown too, and first
    time.advance(days=1)
    assert shown(api, people.alice) == [
        (MONDAY, "09:15:00", "pending"),
        (TUESDAY, "09:00:00", "pending"),
        (TUESDAY, "09:30:00", "confirmed"),
    ]
    # AND on Tuesday only what is then
    time.advance(days=1)
    assert shown(api, people.alice) == [(TUESDAY, "09:00:00", "pending"), (TUESDAY, "09:30:00", "confirmed")]


def shown(api: Api, who: Person) -> list[tuple[str, str, str]]:
    found = api.get(PATH, refreshed(api, who)).json["appointments"]
    return [(one["appointment_date"], one["appointment_time"], one["status"]) for one in found]


def refreshed(api: Api, who: Person) -> str:
    """A new access token, after a day."""
    return str(api.post("/api/users/token/refresh/", {"refresh": who.refresh}).json["access"])


def test_one_that_cannot_take_place_is_shown_with_its_mark(api: Api, practice: Practice, people: People) -> None:
    change_item(Appointment.key(practice.booked(people.alice)), {"needs_attention": "doctor_left"})
    assert [one["needs_attention"] for one in home(api, people.alice).json["appointments"]] == ["doctor_left"]


def test_only_open_questions_about_documents_that_are_there(api: Api, filing: Filing, people: People) -> None:
    # GIVEN a granted question, one about a document that was deleted, and two that are open
    filing.share(people.alice, filing.document_of(people.alice), people.dora)
    deleted = filing.document_of(people.alice)
    filing.consent_for(people.dora, deleted)
    filing.delete(people.alice, deleted)
    asked = [filing.consent_for(people.dora, filing.document_of(people.alice)) for _ in range(2)]
    # THEN the open ones are shown
    assert sorted(one["id"] for one in home(api, people.alice).json["consents"]) == sorted(asked)


def test_ten_of_each_and_the_newest_documents_first(api: Api, filing: Filing, people: People, time: FakeClock) -> None:
    ids = []
    for _ in range(11):
        time.advance(seconds=1)
        ids.append(filing.document_of(people.alice))
        filing.consent_for(people.dora, ids[-1])
    found = home(api, people.alice).json
    assert [one["id"] for one in found["documents"]] == ids[:0:-1]
    assert [one["document"] for one in found["consents"]] == ids[:0:-1]
    assert next_page(api.get(f"{DOCUMENTS}?limit=10", people.alice.access))


def test_uploads_that_were_given_up_hide_nothing(api: Api, filing: Filing, people: People, time: FakeClock) -> None:
    kept = filing.document_of(people.alice)
    time.advance(seconds=1)
    for _ in range(10):
        filing.announce(people.alice)
    time.advance(days=1, seconds=1)
    token = refreshed(api, people.alice)
    assert [one["id"] for one in api.get(PATH, token).json["documents"]] == [kept]


def test_staff_see_what_is_theirs_as_persons(api: Api, practice: Practice, filing: Filing, people: People) -> None:
    # GIVEN Bob's things, which Dora and Lata have to do with
    practice.booked(people.bob)
    filing.share(people.bob, filing.document_of(people.bob, people.lata), people.dora)
    filing.consent_for(people.dora, filing.document_of(people.bob))
    # AND Alice, who was a patient before she became a receptionist
    practice.booked(people.alice, appointment_time="09:15")
    own = filing.document_of(people.alice)
    change_item(User.key(people.alice.id), {"role_id": Role.RECEPTIONIST})
    # THEN the doctor, the laboratory and the owner see themselves and nothing of Bob's
    for who in (people.dora, people.lata, people.charlie):
        found = home(api, who).json
        assert found.pop("user")["id"] == who.id
        assert found == {"appointments": [], "consents": [], "documents": []}
    # AND Alice what was hers
    found = home(api, people.alice).json
    assert [one["id"] for one in found["documents"]] == [own]
    assert len(found["appointments"]) == 1


def test_nobody_sees_somebody_elses(api: Api, practice: Practice, filing: Filing, people: People) -> None:
    practice.booked(people.bob)
    filing.consent_for(people.dora, filing.document_of(people.bob))
    found = home(api, people.alice).json
    assert found == {"user": found["user"], "appointments": [], "consents": [], "documents": []}


def test_what_somebody_uploaded_for_others_is_not_theirs(api: Api, filing: Filing, people: People) -> None:
    own = filing.document_of(people.alice)
    change_item(User.key(people.alice.id), {"role_id": Role.LAB_MEMBER})
    filing.document_of(people.bob, people.alice)
    assert [one["id"] for one in home(api, people.alice).json["documents"]] == [own]


def test_a_deactivated_account_sees_nothing_even_while_the_authorizer_remembers(api: Api, people: People) -> None:
    identity = authorize(people.alice.access)
    deactivate(people.alice)
    assert api.get(PATH, identity=identity).status == 401


@pytest.mark.parametrize("token", ["", "a.b.c"])
def test_without_a_good_token_it_is_401(api: Api, token: str) -> None:
    assert api.get(PATH, token).status == 401
