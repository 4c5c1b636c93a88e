"""quickcare.web.revalidation: public answers are kept by clients, and asked for again each time."""

import pytest

from tests.api import Api
from tests.conftest import FakeClock
from tests.people import People
from tests.practice import Practice


def test_a_client_that_has_the_answer_gets_it_no_second_time(api: Api, practice: Practice) -> None:
    path = f"/api/doctors/{practice.doctor_id}/availability/"
    first = api.get(path)
    again = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status, again.text) == (304, "")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_window_that_was_deleted_is_not_in_the_next_answer(api: Api, practice: Practice) -> None:
    path = f"/api/doctors/{practice.doctor_id}/availability/"
    first = api.get(path)
    deleted = api.delete(f"{path}?slot_id={first.json[0]['id']}", practice.doctor.access)
    again = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert deleted.status == 204
    assert again.status == 200
    assert again.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("header", ['"x"', "*", "", 'W/"0", W/"1"'])
def test_other_tags_get_the_whole_answer(api: Api, practice: Practice, header: str) -> None:
    answer = api.get("/api/doctors/", headers={"If-None-Match": header})
    assert answer.status == 200
    assert answer.json["results"]


def test_one_of_several_tags_is_enough(api: Api, practice: Practice) -> None:
    tag = api.get("/api/doctors/").headers["ETag"]
    assert api.get("/api/doctors/", headers={"if-none-match": f'"x", {tag}'}).status == 304


def test_a_page_with_a_signed_next_link_stays_the_same(api: Api, practice: Practice, time: FakeClock) -> None:
    first = api.get("/api/clinics/public/?limit=1")
    time.advance(seconds=1)
    assert api.get("/api/clinics/public/?limit=1", headers={"If-None-Match": first.headers["ETag"]}).status == 304


def test_personal_answers_have_no_tag(api: Api, people: People) -> None:
    assert "ETag" not in api.get("/api/users/me/", people.alice.access).headers


def test_failures_have_no_tag(api: Api) -> None:
    answer = api.get("/api/doctors/1/")
    assert answer.status == 404
    assert "ETag" not in answer.headers
