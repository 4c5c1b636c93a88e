"""Links as phones, previews and people send them: spelled otherwise, by other methods and forms, two at once."""

import json
import string
from urllib.parse import quote, urlencode

import pytest
from quickcare.db.items import Clinic

from tests import faults, town
from tests.api import Answer, Api
from tests.appointments.test_reminders import EVENING, at, skip_to, sweep
from tests.bench import sms_to, template
from tests.conftest import FakeClock
from tests.pages.conftest import NOBODYS
from tests.pages.test_appointment import Told, is_gone, stored
from tests.people import People
from tests.practice import TUESDAY, Practice, change_item, window

BOT = "203.0.113.9"


def code_of(told: Told) -> str:
    return told.path.rpartition("/")[2]


@pytest.fixture
def two(practice: Practice, people: People, time: FakeClock) -> tuple[Told, Told]:
    """Alice, who is reminded twice of Monday noon: the evening before and at nine."""
    practice.plan(window("09:00", "18:00"))
    appointment_id = practice.booked(people.alice, appointment_time="12:00")
    found = []
    for now in (EVENING, at(2, 9)):
        sms_to(people.alice.contact)
        skip_to(time, now)
        assert sweep() == {"told": 1}
        found.append(Told(practice, people.alice, appointment_id, sms_to(people.alice.contact)[0]))
    return found[0], found[1]


@pytest.fixture
def told(two: tuple[Told, Told]) -> Told:
    return two[0]


def altered(code: str) -> list[str]:
    """The code with one letter changed, two swapped, one missing, one too many, and with what is often pasted along."""
    letters = string.ascii_lowercase + string.digits
    changed = [code[:n] + letters[(letters.index(code[n]) + 1) % 36] + code[n + 1 :] for n in range(len(code))]
    twisted = [code[1:], code[:-1], code + "0", code[::-1] + "x", "0" * 16, "é" * 16, code + "\u200b"]
    pasted = [code + end for end in (".", ",", ")", "?", " ", "%", "&", "'", '"', "\n", "\x00", "%20", "..")]
    return [quote(one, safe="") for one in (*changed, *twisted, *pasted) if one != code]


def test_a_code_with_anything_changed_is_the_same_404_and_does_nothing(told: Told, api: Api) -> None:
    before, wrong = stored(), api.get(NOBODYS, ip="203.0.113.1")
    for number, code in enumerate(altered(code_of(told))):
        ip = f"198.51.{number}.1"
        for answer in (
            api.get(f"/l/{code}", ip=ip),
            api.call("POST", f"/l/{code}", raw="answer=cancel", ip=ip),
        ):
            assert (answer.status, answer.text) == (404, wrong.text), code
    assert stored() == before
    assert told.look().status == 200


def test_large_letters_and_a_slash_at_the_end_lead_there_too(told: Told, api: Api) -> None:
    shown = told.look().text
    assert api.get(told.path.replace(code_of(told), code_of(told).upper())).text == shown
    assert api.get(told.path + "/").text == shown


def test_pages_have_no_other_methods() -> None:
    """API Gateway refuses HEAD, PUT and DELETE before a function sees them."""
    methods = {
        event["Properties"]["Method"]
        for _, function in template().resources("AWS::Serverless::Function")
        for event in (function.get("Events") or {}).values()
        if event["Type"] == "Api" and event["Properties"]["Path"] == "/l/{code}"
    }
    assert methods == {"GET", "POST"}


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "WhatsApp/2.23"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0", "Range": "bytes=0-1000"},
        {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"},
        {"X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE"},
    ],
)
def test_a_preview_never_acts(told: Told, api: Api, headers: dict[str, str]) -> None:
    before = town.stored()
    for query in ("", "?answer=cancel", "?answer=coming&_method=POST"):
        assert api.get(told.path + query, headers=headers, ip=BOT).status == 200
    assert town.stored() == before


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps({"answer": "cancel"})),
        ("application/xml", "<answer>cancel</answer>"),
        (
            "multipart/form-data; boundary=x",
            '--x\r\nContent-Disposition: form-data; name="answer"\r\n\r\ncancel\r\n--x--',
        ),
        ("text/plain", "cancel"),
        ("application/x-www-form-urlencoded", ""),
        ("application/x-www-form-urlencoded", "ANSWER=cancel"),
        ("application/x-www-form-urlencoded", "answer=cancel&" + urlencode({f"f{n}": "1" for n in range(20)})),
        ("application/x-www-form-urlencoded", "answer=cancel" + "x" * 20_000),
        ("application/x-www-form-urlencoded", "answer=%ff%00cancel"),
    ],
)
def test_another_form_does_nothing(told: Told, api: Api, content_type: str, body: str) -> None:
    before = town.stored()
    answer = api.call("POST", told.path, raw=body, headers={"Content-Type": content_type})
    assert answer.status == 400
    assert town.stored() == before


def test_a_binary_form_does_nothing(told: Told, api: Api) -> None:
    before = town.stored()
    assert api.call("POST", told.path, form=(b"answer=cancel", "image/png")).status == 400
    assert town.stored() == before


# Two links of one appointment


def test_whoever_comes_can_still_cancel_with_the_other_link(two: tuple[Told, Told]) -> None:
    assert two[0].post(answer="coming").status == 200
    assert two[1].look().status == 200
    assert two[1].post(answer="cancel").status == 200
    assert two[1].stored["status"] == "cancelled"


@pytest.mark.parametrize("fields", [{"answer": "cancel"}, {"answer": "another", "time": f"{TUESDAY}T10:00"}])
def test_what_one_link_ended_the_other_one_does_not_find(two: tuple[Told, Told], fields: dict[str, str]) -> None:
    assert two[1].post(**fields).status == 200
    before = stored()
    assert is_gone(two[0].look())
    for answer in ("coming", "cancel", "stop"):
        assert is_gone(two[0].post(answer=answer))
    assert stored() == before


def test_no_more_reminders_leaves_the_other_link_alone(two: tuple[Told, Told]) -> None:
    assert two[0].post(answer="stop").status == 200
    assert two[1].post(answer="coming").status == 200


def test_both_links_at_once_end_an_appointment_once(two: tuple[Told, Told], real_dynamodb: None) -> None:
    presses: list[tuple[Told, dict[str, str]]] = [
        (two[0], {"answer": "cancel"}),
        (two[1], {"answer": "another", "time": f"{TUESDAY}T10:00"}),
    ] * 3
    pages = faults.at_once(len(presses), lambda number: presses[number][0].post(**presses[number][1]))
    assert sorted(page.status for page in pages if isinstance(page, Answer)) == [200] + [404] * 5
    live = [one for one in faults.items(kind="Appointment") if one["status"] == "pending"]
    assert two[0].stored["status"] == "cancelled"
    assert sum(len(one["taken"]) for one in faults.items(kind="DayLedger")) == len(live) <= 1
    (counted,) = faults.items(kind="PatientClinic")
    assert counted["standing"] == len(live)


def test_nothing_is_left_to_decide_when_the_clinic_is_gone(two: tuple[Told, Told], people: People, api: Api) -> None:
    assert api.delete(f"/api/clinics/{two[0].practice.clinic_id}/", token=people.charlie.access).status in (200, 204)
    assert [is_gone(one.look()) for one in two] == [True, True]
    assert [is_gone(one.post(answer="coming")) for one in two] == [True, True]


def test_nothing_is_left_to_decide_in_a_clinic_that_was_closed(two: tuple[Told, Told]) -> None:
    change_item(Clinic.key(two[0].practice.clinic_id), {"is_active": False})
    assert [is_gone(one.post(answer="cancel")) for one in two] == [True, True]
