"""Public answers are kept by clients and asked for again each time (quickcare.web.revalidation)."""

import pytest

from tests.api import Api
from tests.conftest import FakeClock
from tests.doctors.conftest import Ward
from tests.people import People


def test_a_client_that_has_the_answer_gets_it_no_second_time(api: Api, ward: Ward) -> None:
    ward.add()
    first = api.get(ward.availability)
    again = api.get(ward.availability, headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status, again.text) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_window_that_was_deleted_is_not_in_the_next_answer(api: Api, ward: Ward) -> None:
    window = ward.add()
    first = api.get(ward.availability)
    assert api.delete(f"{ward.availability}?slot_id={window['id']}", ward.doctor.access).status == 204
    again = api.get(ward.availability, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.json) == (200, [])
    assert again.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("header", ['"x"', "*", "", 'W/"0", W/"1"'])
def test_other_tags_get_the_whole_answer(api: Api, ward: Ward, header: str) -> None:
    answer = api.get("/api/doctors/", headers={"If-None-Match": header})
    assert answer.status == 200
    assert answer.json["results"]


def test_one_of_several_tags_is_enough(api: Api, ward: Ward) -> None:
    tag = api.get("/api/doctors/").headers["ETag"]
    assert api.get("/api/doctors/", headers={"if-none-match": f'"x", {tag}'}).status == 304


def test_a_page_with_a_signed_next_link_stays_the_same(api: Api, ward: Ward, time: FakeClock) -> None:
    ward.colleague("Anil Sharma", 9876500077)
    first = api.get("/api/doctors/?limit=1")
    time.advance(seconds=1)
    again = api.get("/api/doctors/?limit=1", headers={"If-None-Match": first.headers["ETag"]})
    assert first.json["next"]
    assert again.status == 304


def test_personal_answers_have_no_tag(api: Api, people: People) -> None:
    assert "ETag" not in api.get("/api/users/me/", people.alice.access).headers


def test_failures_have_no_tag(api: Api) -> None:
    answer = api.get("/api/doctors/1/")
    assert answer.status == 404
    assert "ETag" not in answer.headers
