"""How many documents of each type a patient has: the count is what is on the shelf, also for documents from before."""

from collections import Counter
from collections.abc import Callable
from typing import get_args

import pytest
from documents import filing as application
from documents import shelf
from quickcare.db import bulk, table
from quickcare.db.item import Item
from quickcare.db.items import ShelfCount, User
from quickcare.db.operations import Delete, Refused
from quickcare.documents import counting
from quickcare.documents.views import DocumentType

from tests import faults
from tests.api import Api
from tests.documents.clinic import Clinic, open_clinic
from tests.documents.filing import DOCUMENTS, PDF, Filing, announcement, make_patient_of, new_document, upload, user_of
from tests.documents.meanwhile import before_each_write, before_the_next_write
from tests.people import People, Person
from tests.thorough import times


def counted(owner_id: str) -> Counter[str] | None:
    """What the item says, without the types of which there is none."""
    count = table.fetch(ShelfCount.key(owner_id))
    return +counting.sums(count) if count else None


def on_shelf(owner_id: str) -> Counter[str]:
    return +counting.sums(counting.of_shelf(owner_id))


def from_before(owner: User, kinds: dict[str, int]) -> list[str]:
    """Finished documents as the release before counts wrote them; their ids."""
    documents = [new_document(owner.id, owner, document_type=kind) for kind, many in kinds.items() for _ in range(many)]
    written: list[Item] = []
    for document in documents:
        written += [document, *shelf.first_entries(document)]
    bulk.put_all(written)
    return [str(document.id) for document in documents]


def test_every_type_is_counted(people: People) -> None:
    alice, kinds = user_of(people.alice), get_args(get_args(DocumentType)[0])
    for number, kind in enumerate(kinds):
        for _ in range(number + 1):
            application.create(new_document(alice.id, alice, document_type=kind), alice)
    assert counted(alice.id) == {kind: number + 1 for number, kind in enumerate(kinds)}


def test_only_what_is_finished_is_counted_and_only_for_its_owner(api: Api, filing: Filing, people: People) -> None:
    alice, lata = people.alice, people.lata
    # GIVEN a form of Alice's, an announcement that is never sent, a file that is no PDF, and one that Lata uploads
    form = filing.send_form(alice, document_type="insurance").json["id"]
    filing.pending_document_of(alice)
    rejected = filing.pending_document_of(alice)
    assert upload(rejected, b"Dear doctor") == "rejected"
    announced = api.post(DOCUMENTS, announcement(patient_id=alice.id), token=lata.access).json["id"]
    assert counted(alice.id) == {"insurance": 1}
    # WHEN Lata's is checked, twice
    assert [upload(announced), upload(announced)] == ["available"] * 2
    # THEN it is counted once, for Alice
    assert counted(alice.id) == {"insurance": 1, "lab_report": 1}
    assert counted(lata.id) is None
    # AND a rejected one that she deletes counts nothing; another one does
    assert [filing.delete(alice, one).status for one in (rejected, form, form)] == [200, 200, 404]
    assert counted(alice.id) == {"lab_report": 1}


WAYS: dict[str, Callable[[Filing, Person, list[str]], object]] = {
    "a form": lambda filing, who, _: filing.send_form(who),
    "a checked upload": lambda filing, who, _: upload(filing.pending_document_of(who)),
    "a deletion": lambda filing, who, there: filing.delete(who, there[0]),
}


@pytest.mark.parametrize("way", WAYS)
def test_documents_from_before_are_counted_with_the_first_change(filing: Filing, people: People, way: str) -> None:
    there = from_before(user_of(people.alice), {"scan": 2, "lab_report": 1})
    assert counted(people.alice.id) is None
    WAYS[way](filing, people.alice, there)
    assert counted(people.alice.id) == on_shelf(people.alice.id)
    assert on_shelf(people.alice.id).total() == (2 if way == "a deletion" else 4)


def test_a_refused_write_counts_nothing(people: People) -> None:
    alice, gone = user_of(people.alice), new_document(people.alice.id, user_of(people.alice))
    never = {"gone": Delete(User.key(alice.id), User.pk.does_not_exist())}
    # GIVEN a patient who was never counted, and then one who was
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            counting.write(gone, 1, **never)
        assert refused.value.names == {"gone"}
        application.create(new_document(alice.id, alice), alice)
    assert counted(alice.id) == {"lab_report": 2}


def test_nothing_comes_to_a_shelf_while_it_is_counted_for_the_first_time(filing: Filing, people: People) -> None:
    # GIVEN documents from before, and a request that has read the shelf to count it
    from_before(user_of(people.alice), {"scan": 2})
    another = new_document(people.alice.id, user_of(people.alice))

    def somebody_files_one() -> None:
        application.create(another, user_of(people.alice))

    # WHEN another one is filed before it writes the count, which it does after its first write was refused
    acts: list[Callable[[], object]] = [lambda: None, somebody_files_one]
    with before_each_write(lambda: acts.pop(0)() if acts else None):
        filing.send_form(people.alice)
    # THEN all are counted once
    assert counted(people.alice.id) == on_shelf(people.alice.id) == {"scan": 2, "lab_report": 2}


@pytest.mark.usefixtures("real_dynamodb")
def test_filing_and_deleting_at_once_count_what_is_there() -> None:
    clinic = open_clinic()
    for _ in range(times(3, 20)):
        _filed_and_deleted_at_once(clinic)
        table.write(count=Delete(ShelfCount.key(clinic.alice.id)))  # as if all were from before


def _filed_and_deleted_at_once(clinic: Clinic) -> None:
    there = from_before(clinic.alice, {"scan": 3, "other": 1})

    def act(number: int) -> None:
        if number < len(there):
            clinic.delete(there[number])
        elif number == len(there):
            counting.recount(clinic.alice.id)
        else:
            clinic.document()

    assert faults.at_once(len(there) + 4, act) == [None] * (len(there) + 4)
    assert counted(clinic.alice.id) == on_shelf(clinic.alice.id)


def test_what_the_release_before_did_is_counted_anew(people: People) -> None:
    alice = user_of(people.alice)
    # GIVEN a count, beside which functions of the release before file two documents
    application.create(new_document(alice.id, alice), alice)
    from_before(alice, {"scan": 2})
    assert counted(alice.id) == {"lab_report": 1}
    # WHEN it is counted anew, and again
    assert [counting.recount(alice.id), counting.recount(alice.id)] == [True, False]
    # THEN it is right
    assert counted(alice.id) == {"lab_report": 1, "scan": 2}
    # AND nobody who has no document gets a count
    assert not counting.recount(people.bob.id)
    assert counted(people.bob.id) is None


def test_a_count_that_changes_while_it_is_made_anew_is_made_again(people: People) -> None:
    alice = user_of(people.alice)
    application.create(new_document(alice.id, alice), alice)
    from_before(alice, {"scan": 1})
    with before_the_next_write(lambda: application.create(new_document(alice.id, alice), alice)):
        assert counting.recount(alice.id)
    assert counted(alice.id) == on_shelf(alice.id) == {"lab_report": 2, "scan": 1}


@pytest.mark.parametrize("many", [0, counting.FEW - 1, counting.FEW])
def test_a_shelf_that_was_never_counted_is_read(people: People, filing: Filing, many: int) -> None:
    # GIVEN finished documents from before, one that was only announced, and so as many entries as fit, or one too many
    filing.pending_document_of(people.alice)
    from_before(user_of(people.alice), {"scan": many})
    assert counting.of_owner(people.alice.id)["scan"] == counting.of_owner(people.alice.id).total() == many
    assert counted(people.alice.id) is None


def test_a_doctor_is_told_how_many_there_are(filing: Filing, people: People) -> None:
    make_patient_of(people.dora, people.alice)
    for _ in range(3):
        filing.send_form(people.alice, PDF)
    assert filing.look_up(people.dora, people.alice, "&limit=2").json["total"] == 3


def test_a_doctor_whose_appointments_were_cancelled_has_the_right_of_an_upload(filing: Filing, people: People) -> None:
    # GIVEN a doctor with a cancelled appointment, and a shelf that is longer than a page
    make_patient_of(people.dora, people.alice, "cancelled")
    filing.document_of(people.alice)
    filing.document_of(people.alice)
    assert filing.look_up(people.dora, people.alice, "&limit=1").status == 403
    # WHEN they have uploaded one of the documents
    filing.document_of(people.alice, people.dora)
    # THEN they may look
    assert filing.look_up(people.dora, people.alice, "&limit=1").json["total"] == 3
