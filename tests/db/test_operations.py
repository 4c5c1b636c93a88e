"""`quickcare.db.operations`: conditions on what was read, and attributes that are set or removed."""

import pytest
from quickcare.clock import now
from quickcare.db import table
from quickcare.db.items import AdmissionDocument, User
from quickcare.db.operations import Create, Put, Refused, Update, is_false, is_now, is_true, setting, unchanged

KEY = AdmissionDocument.key("clinic", "document")


def written(**attributes: str | None) -> AdmissionDocument:
    item = KEY.item(id="document", document_name="Passport", document_type="id_proof", created_at=now(), **attributes)
    table.write(document=Put(item))
    return item


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize(("before", "after"), [("old", "new"), ("old", None), (None, "new")])
def test_unchanged_refuses_whatever_changed_since(before: str | None, after: str | None) -> None:
    seen = written(notes=before)
    written(notes=after)
    with pytest.raises(Refused) as refused:
        table.write(document=Update(KEY, setting(AdmissionDocument, {"notes": "mine"}), unchanged(seen, "notes")))
    assert refused.value.names == {"document"}


@pytest.mark.usefixtures("moto")
@pytest.mark.parametrize("value", ["new", None])
def test_setting_sets_and_removes(value: str | None) -> None:
    seen = written(notes="old")
    table.write(document=Update(KEY, setting(AdmissionDocument, {"notes": value}), unchanged(seen, "notes")))
    found = table.fetch(KEY)
    assert found
    assert found.notes == value


@pytest.mark.usefixtures("moto")
def test_unchanged_without_an_item_means_that_the_key_is_free() -> None:
    item = KEY.item(id="document", document_name="Passport", document_type="id_proof", created_at=now())
    table.write(document=Put(item, unchanged(None, "notes")))
    with pytest.raises(Refused):
        table.write(document=Put(item, unchanged(None, "notes")))


def test_conditions_are_written_as_pynamodb_writes_them() -> None:
    instant = now()
    ours = is_true(User.is_active) & is_false(User.reminders) | is_now(User.date_joined, instant) & (User.age > 17)
    ours &= ~is_now(User.role_id, 2) & is_now(User.email, None)
    theirs = (User.is_active == True) & (User.reminders == False) | (User.date_joined == instant) & (User.age > 17)  # noqa: E712
    theirs &= ~(User.role_id == 2) & User.email.does_not_exist()
    written: list[tuple[str, dict[str, str], dict[str, object]]] = []
    for condition in (ours, theirs):
        names, values = dict[str, str](), dict[str, object]()
        written.append((condition.serialize(names, values), names, values))
    assert written[0] == written[1]


def test_conditions_about_the_same_are_equal() -> None:
    assert is_now(User.age, 1) == is_now(User.age, 1)
    assert is_now(User.age, 1) != is_now(User.age, 2)
    assert is_now(User.age, 1) != is_now(User.role_id, 1)


@pytest.mark.usefixtures("moto")
def test_an_update_creates_no_item() -> None:
    with pytest.raises(Refused):
        table.write(document=Update(KEY, setting(AdmissionDocument, {"notes": "x"})))
    assert table.fetch(KEY) is None


@pytest.mark.usefixtures("moto")
def test_a_page_says_where_it_ends_only_when_more_items_follow() -> None:
    for number in range(3):
        item = AdmissionDocument.key("clinic", f"{number}").item(
            id=f"{number}", document_name="Passport", document_type="id_proof", created_at=now()
        )
        table.write(document=Create(item))
    pk = KEY.pk
    first, last = table.page(AdmissionDocument, pk, None, 2, None)
    rest, end = table.page(AdmissionDocument, pk, None, 2, last)
    assert [item.id for item in first + rest] == ["0", "1", "2"]
    assert end is None
    newest, _ = table.page(AdmissionDocument, pk, None, 1, None, newest_first=True)
    assert [item.id for item in newest] == ["2"]
