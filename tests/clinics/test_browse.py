"""GET /api/clinics/public/"""

from typing import Any
from urllib.parse import quote

import pytest

from tests.api import Api
from tests.clinics.conftest import Add, Open
from tests.people import People

PUBLIC = "/api/clinics/public/"
_INDIAN = "सिटी केयर"
CLINICS = (
    ("Apollo Hospital", "hospital", "Jaipur"),
    ("Sharma Eye Clinic", "clinic", "Jaipur"),
    ("Army Polyclinic", "polyclinic", "New Delhi"),
    ("Lotus Diagnostics", "diagnostic_center", "New Delhi"),
    ("सिटी केयर", "clinic", "जयपुर"),
    ("apollo kids", "clinic", None),
)


@pytest.fixture
def known(people: People, open_clinic: Open) -> list[Any]:
    """Six clinics."""
    return [open_clinic(people.charlie, name=name, clinic_type=kind, city=city) for name, kind, city in CLINICS]


def names(answer: Any) -> list[str]:
    assert answer.status == 200, answer
    assert (answer.json["count"], answer.json["previous"]) == (None, None)
    return [clinic["name"] for clinic in answer.json["results"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "",
            ["Apollo Hospital", "apollo kids", "Army Polyclinic", "Lotus Diagnostics", "Sharma Eye Clinic", _INDIAN],
        ),
        ("?city=&type=&search=", 6),
        ("?city=jaipur", ["Apollo Hospital", "Sharma Eye Clinic"]),
        ("?city=%20NEW%20%20delhi", ["Army Polyclinic", "Lotus Diagnostics"]),
        ("?city=delhi", []),
        ("?city=" + quote("जयपुर"), ["सिटी केयर"]),
        ("?type=hospital", ["Apollo Hospital"]),
        ("?type=HOSPITAL", ["Apollo Hospital"]),
        ("?type=clinic&city=Jaipur", ["Sharma Eye Clinic"]),
        ("?search=arm", {"Army Polyclinic", "Sharma Eye Clinic"}),
        ("?search=APOLLO", {"Apollo Hospital", "apollo kids"}),
        ("?search=poll", {"Apollo Hospital", "apollo kids"}),
        ("?search=apollo+jai", {"Apollo Hospital"}),
        ("?search=clinic", {"Sharma Eye Clinic", "Army Polyclinic", "सिटी केयर", "apollo kids"}),
        ("?search=jaipur", {"Apollo Hospital", "Sharma Eye Clinic"}),
        ("?search=diagnostic", {"Lotus Diagnostics"}),
        ("?search=ol", {"Apollo Hospital", "apollo kids", "Army Polyclinic"}),
        ("?search=" + quote("सिटी"), {"सिटी केयर"}),
        ("?search=nobody", set()),
        ("?search=apollo&city=jaipur", {"Apollo Hospital"}),
        ("?search=apollo&type=clinic", {"apollo kids"}),
        ("?search=arma+eye&city=jaipur&type=clinic", {"Sharma Eye Clinic"}),
        ("?unknown=1&city=jaipur", ["Apollo Hospital", "Sharma Eye Clinic"]),
    ],
)
def test_every_combination_of_filters_is_exact(api: Api, known: list[Any], query: str, expected: Any) -> None:
    found = names(api.get(PUBLIC + query))
    assert len(found) == len(set(found))
    assert expected in (found, set(found), len(found))


def test_results_are_the_clinics_as_everybody_sees_them(api: Api, clinic: Any) -> None:
    assert api.get(PUBLIC).json["results"] == [clinic]


@pytest.mark.parametrize("query", ["", "&city=jaipur", "&search=apo", "&type=clinic&search=i"])
def test_pages_show_each_clinic_once(api: Api, known: list[Any], query: str) -> None:
    # GIVEN pages with one clinic each
    whole, seen = names(api.get(f"{PUBLIC}?limit=100{query}")), []
    url: str | None = f"{PUBLIC}?limit=1{query}"
    # WHEN they are followed to the end
    while url:
        answer = api.get(url.removeprefix("https://api.example.com/test"))
        seen += names(answer)
        url = answer.json["next"]
    # THEN together they show the same clinics in the same order as one long page
    assert seen == whole


@pytest.mark.parametrize(
    "query", ["type=shop", "type=clinic&type=clinic", "limit=0", "limit=many", "cursor=x", "search=" + "x" * 256]
)
def test_bad_values_are_400(api: Api, people: People, query: str) -> None:
    assert api.get(f"{PUBLIC}?{query}").status == 400


def test_a_cursor_of_another_list_is_400(api: Api, known: list[Any]) -> None:
    cursor = api.get(f"{PUBLIC}?limit=1").json["next"].split("cursor=")[1]
    assert api.get(f"{PUBLIC}?limit=1&city=jaipur&cursor={cursor}").status == 400


WIDE = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100


@pytest.mark.usefixtures("real_dynamodb")
def test_a_city_that_grows_very_long_when_folded_is_found(
    api: Api, people: People, open_clinic: Open, add: Add
) -> None:
    # GIVEN a clinic whose city is eighteen times as long once it is folded, and a doctor there
    made = open_clinic(people.charlie, name=WIDE * 2, city=WIDE)
    assert add(people.charlie, made["id"]).status == 201
    # WHEN the city is asked for
    city = quote(WIDE)
    # THEN each list finds what is there
    assert len(names(api.get(f"{PUBLIC}?city={city}&type=clinic"))) == 1
    assert len(names(api.get(f"{PUBLIC}?search={city}"))) == 1
    assert len(api.get(f"/api/doctors/?city={city}").json["results"]) == 1
    assert api.get(f"/api/doctors/?city={city}&search={city}&specialty=cardiology").json["results"] == []


@pytest.mark.usefixtures("real_dynamodb")
def test_an_unknown_city_that_grows_very_long_when_folded_finds_nothing(api: Api) -> None:
    assert names(api.get(f"{PUBLIC}?city={quote(WIDE)}")) == []
    assert api.get(f"/api/doctors/?city={quote(WIDE)}").json["results"] == []
