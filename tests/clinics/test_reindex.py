"""`manage.py reindex`: rows that were written when the rules for words were others."""

# ruff: noqa: RUF001 - apostrophes of other keyboards

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from pynamodb.exceptions import PynamoDBException
from quickcare import reindex, search
from quickcare.clinic import clinics_list
from quickcare.db import table
from quickcare.db.items import Clinic
from quickcare.reindex import Looked

from tests import faults
from tests.api import Api
from tests.clinics.conftest import Add, Open
from tests.people import People
from tests.practice import change_item


def old_words(*texts: str | None) -> tuple[str, ...]:
    """The words until now: as they are written, without punctuation around them."""
    folded = [word for text in texts if text for word in search.fold(text.replace("_", " ")).split()]
    return tuple(sorted({bare(word) for word in folded} - {""}))


def bare(word: str) -> str:
    while word and unicodedata.category(word[0])[0] not in "LMN":
        word = word[1:]
    while word and unicodedata.category(word[-1])[0] not in "LMN":
        word = word[:-1]
    return word


@contextmanager
def before_the_upgrade() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "words", old_words)
        yield


@pytest.fixture
def town(api: Api, people: People, open_clinic: Open, add: Add) -> Api:
    """Two doctors and two clinics whose rows have the old words."""
    with before_the_upgrade():
        clinic = open_clinic(people.charlie, name="José’s Anne-Marie", city="Jaipur")
        open_clinic(people.charlie, name="Dr. O'Neil K.K.", city="Jaipur")
        for n, name in enumerate(("Dr. José O'Neil", "K. K. Anne-Marie")):
            assert add(people.charlie, clinic["id"], 9876510001 + n, name=name).status == 201
        assert found(api, "sharma") == ([], [])
    return api


def found(api: Api, text: str) -> tuple[list[str], list[str]]:
    """The names of the doctors and of the clinics."""
    doctors = api.get(f"/api/doctors/?search={quote(text)}").json["results"]
    clinics = api.get(f"/api/clinics/public/?search={quote(text)}").json["results"]
    return [doctor["user"]["name"] for doctor in doctors], [clinic["name"] for clinic in clinics]


def rows() -> list[dict[str, object]]:
    return [item for kind in ("DirectoryEntry", "DirectoryRow") for item in faults.items(kind=kind)]


def generations() -> set[object]:
    carried = {item.get("directory_id") for kind in ("Doctor", "Clinic") for item in faults.items(kind=kind)}
    return carried - {None} | {"0"}


def test_rows_with_the_old_words_are_found_as_before_and_after_it_by_the_new_ones(town: Api) -> None:
    # GIVEN rows with the old words
    # WHEN somebody asks for what both have
    # THEN they find it, without the titles too
    unchanged = {text: found(town, text) for text in ("neil", "marie", "Dr. Neil", "anne", "os", "k")}
    assert unchanged["Dr. Neil"] == (["Dr. José O'Neil"], ["Dr. O'Neil K.K."])
    assert unchanged["marie"] == (["K. K. Anne-Marie"], ["José’s Anne-Marie"])
    assert found(town, "oneil") == found(town, "annemarie") == ([], [])

    assert reindex.run() == Looked(clinics=2, users=3, left=0)

    assert {text: found(town, text) for text in unchanged} == unchanged
    assert found(town, "oneil") == found(town, "dr.o’neil") == (["Dr. José O'Neil"], ["Dr. O'Neil K.K."])
    assert found(town, "kk") == (["K. K. Anne-Marie"], ["Dr. O'Neil K.K."])
    assert found(town, "jose") == (["Dr. José O'Neil"], ["José’s Anne-Marie"])
    assert found(town, "annemarie") == (["K. K. Anne-Marie"], ["José’s Anne-Marie"])
    assert {row["generation"] for row in rows()} == generations()


def test_again_it_writes_nothing(town: Api) -> None:
    reindex.run()
    before = faults.items()

    with faults.failing("dynamodb", "PutItem"), faults.failing("dynamodb", "BatchWriteItem"):
        assert reindex.run() == Looked(clinics=2, users=3, left=0)

    assert faults.items() == before


@pytest.mark.parametrize("call", ["PutItem", "BatchWriteItem", "UpdateItem"])
def test_after_an_interruption_at_any_write_all_are_found_and_it_can_run_again(town: Api, call: str) -> None:
    with faults.failing("dynamodb", call), pytest.raises(PynamoDBException):
        reindex.run()
    assert found(town, "neil") == (["Dr. José O'Neil"], ["Dr. O'Neil K.K."])

    assert reindex.run().left == 0

    assert found(town, "oneil") == (["Dr. José O'Neil"], ["Dr. O'Neil K.K."])
    assert found(town, "jose") == (["Dr. José O'Neil"], ["José’s Anne-Marie"])


def test_old_rows_that_cannot_be_deleted_keep_nothing_from_being_found(town: Api) -> None:
    with faults.failing("dynamodb", "DeleteItem"):
        assert reindex.run().left == 0
    assert found(town, "oneil") == (["Dr. José O'Neil"], ["Dr. O'Neil K.K."])
    assert found(town, "jose") == (["Dr. José O'Neil"], ["José’s Anne-Marie"])


def test_closed_clinics_and_their_doctors_stay_out(town: Api) -> None:
    (closed,) = [item["id"] for item in faults.items(kind="Clinic") if "Anne" in item["name"]]
    change_item(Clinic.key(closed), {"is_active": False})

    assert reindex.run().left == 0

    assert found(town, "annemarie") == ([], [])
    assert all("directory_id" not in item for item in faults.items(kind="Doctor"))


def test_beside_writers_all_ends_in_what_the_items_say(real_dynamodb: None, town: Api, people: People) -> None:
    # GIVEN a reindex, another one, and an owner who renames what they look at
    (clinic,) = [item["id"] for item in faults.items(kind="Clinic") if "Neil" in item["name"]]
    path, token = f"/api/clinics/{clinic}/", people.charlie.access
    acts: list[Callable[[], object]] = [
        reindex.run,
        lambda: town.put(path, {"name": "Ørsted One"}, token),
        reindex.run,
        lambda: town.put(path, {"name": "Ørsted Two"}, token),
    ]
    answers = faults.at_once(len(acts), lambda n: acts[n]())
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    # THEN nobody is lost, and another run has nothing left to do
    assert reindex.run() == Looked(clinics=2, users=3, left=0)
    kept = table.fetch(Clinic.key(clinic))
    assert kept
    assert found(town, "orsted") == ([], [kept.name])
    assert kept.directory_id
    assert search.says(clinics_list.CLINICS, clinics_list.entry(kept), kept.directory_id)
