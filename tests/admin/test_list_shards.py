"""The administrators' lists have 20 partitions; what came when there were eight or 16 stays in the first of them."""

from itertools import count
from zlib import crc32

from quickcare import reindex
from quickcare.accounts import users_list
from quickcare.db import keys, table
from quickcare.db.items import User
from quickcare.db.operations import Put, Update
from quickcare.search import SHARDS_BEFORE
from quickcare.search.entries import rows_of
from quickcare.search.transacted import GENERATION

from tests import faults
from tests.admin.browser import Browser
from tests.admin.conftest import MakeUser
from tests.admin.test_users import listed


def shards_of(user: User) -> set[str]:
    rows = [row for row in faults.items(kind="DirectoryRow") if row["item_id"] == user.id]
    return {row["pk"].rpartition("#")[2] for row in rows}


def shard(user: User, shards: int) -> str:
    return str(crc32(user.id.encode()) % shards)


def in_the_second_half(make_user: MakeUser) -> User:
    """A new account whose rows an older release would have had in another partition."""
    for number in count():
        user = make_user(f"Person {number}")
        if shard(user, keys.LIST_SHARDS) != shard(user, SHARDS_BEFORE):
            return user
    raise AssertionError


def test_older_accounts_stay_where_they_are_and_are_listed_with_newer_ones(
    superadmin: Browser, make_user: MakeUser
) -> None:
    # GIVEN accounts from before, from later and from now, in turns
    ages = ((None, SHARDS_BEFORE), (16, 16), (keys.LIST_SHARDS, keys.LIST_SHARDS))
    made = [make_user(f"Person {number:02d}", list_shards=ages[number % 3][0]) for number in range(12)]
    for number, user in enumerate(made):
        assert shards_of(user) == {shard(user, ages[number % 3][1])}
    names = [f"Person {number:02d}" for number in range(11, -1, -1)]
    assert listed(superadmin, "users?role=3") == names
    assert sorted(listed(superadmin, "users?q=person")) == names[::-1]
    # WHEN an old one gets another name
    user = made[3]
    change = users_list.relisted(user, {"name": "Zoya"})
    table.write(user=Update(User.key(user.id), [User.name.set("Zoya")], users_list.unchanged(user)), **change)
    # THEN its rows say so, where they were
    assert shards_of(user) == {shard(user, SHARDS_BEFORE)}
    assert sorted(listed(superadmin, "users?q=person")) == [name for name in names[::-1] if name != "Person 03"]
    assert listed(superadmin, "users?q=zoya") == ["Zoya"]


def test_rows_that_an_older_release_wrote_of_a_newer_account_show_it_once(
    superadmin: Browser, make_user: MakeUser
) -> None:
    # GIVEN a new account that a function of the release before changed, while the new release was being deployed
    user = in_the_second_half(make_user)
    attributes = {name: value for name, value in user.attribute_values.items() if name not in ("pk", "sk", "kind")}
    known = attributes | {"is_complete_onboarding": True, "list_shards": None}
    rows = rows_of(users_list.USERS, users_list.entry(User.key(user.id).item(**known)), GENERATION)
    table.write(
        user=Update(User.key(user.id), [User.is_complete_onboarding.set(True)]),
        **{f"row{number}": Put(row) for number, row in enumerate(rows)},
    )
    assert shards_of(user) == {shard(user, SHARDS_BEFORE), shard(user, keys.LIST_SHARDS)}
    # THEN it is listed once, and not by what it was
    assert listed(superadmin, "users").count(user.name) == 1
    assert user.name not in listed(superadmin, "users?complete=no")
    # AND after the reindex its rows are where they belong, and nowhere else
    assert reindex.run().left == 0
    assert user.name in listed(superadmin, "users?complete=yes")
    assert [row["pk"] for row in surplus(user)] == []


def surplus(user: User) -> list[dict[str, str]]:
    """Rows of an account where only an older release would have put them."""
    found = [row for row in faults.items(kind="DirectoryRow") if row["item_id"] == user.id]
    return [row for row in found if row["pk"].endswith(f"#{shard(user, SHARDS_BEFORE)}")]
