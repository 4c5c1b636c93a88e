"""Writing the directory: no writer hides or repeats an item, and nothing stays behind."""

from datetime import timedelta
from random import Random

from quickcare import search
from quickcare.db import keys
from quickcare.db.items import DirectoryEntry, DirectoryRow
from quickcare.search import Entry, Query, words

from tests.search.conftest import NOW, PLACES, Shop, place

ANAND = Entry("0001", {"city": "pune", "kind": "clinic", "fee": 2, "video": False}, words("Anand Anan", "pune"))


def left() -> list[str]:
    """The generations that any row still has."""
    rows = [row for row in DirectoryRow.scan() if isinstance(row, DirectoryRow | DirectoryEntry)]
    return sorted({row.generation for row in rows})


def test_rows_count_only_once_the_item_carries_their_generation(shop: Shop) -> None:
    search.publish(PLACES, ANAND, NOW)
    shop.entries["0001"], shop.generations["0001"] = ANAND, None

    assert shop.ids(Query()) == []


def test_a_change_leaves_no_row_of_the_state_before(shop: Shop) -> None:
    shop.add(ANAND)

    shop.change("0001", fee=3)

    assert left() == [shop.generations["0001"]]
    assert shop.ids(Query(order="fee")) == shop.ids(Query(text=("ana",))) == ["0001"]


def test_a_writer_that_lost_takes_only_its_own_rows_away(shop: Shop) -> None:
    # GIVEN two writers who prepared their rows, of whom the second won
    shop.add(ANAND)
    lost = search.publish(PLACES, ANAND, NOW)

    # WHEN the loser cleans up
    search.retire(PLACES, "0001", lost, NOW, current=shop.generations["0001"])

    assert left() == [shop.generations["0001"]]
    assert shop.ids(Query(where={"city": "pune"})) == ["0001"]


def test_a_slow_writer_does_not_take_away_what_another_is_about_to_commit(shop: Shop) -> None:
    # GIVEN a writer that has prepared a generation and not committed it yet
    shop.add(ANAND)
    coming = search.publish(PLACES, ANAND, NOW)

    # WHEN another one changes the item
    shop.change("0001", fee=0)

    assert coming in left()


def test_what_a_crash_left_goes_with_a_write_an_hour_later(shop: Shop) -> None:
    shop.add(ANAND)
    crashed = search.publish(PLACES, ANAND, NOW)

    shop.add(ANAND, NOW + timedelta(minutes=59))
    assert crashed in left()
    shop.add(ANAND, NOW + timedelta(minutes=61))

    assert left() == [shop.generations["0001"]]


def test_taking_an_item_out_leaves_nothing(shop: Shop) -> None:
    shop.add(ANAND)

    search.retire(PLACES, "0001", shop.generations["0001"], NOW)

    assert left() == []


def test_a_city_is_spread_over_partitions(shop: Shop) -> None:
    random = Random(7)  # noqa: S311 - a data set, not a secret
    for i in range(24):
        shop.add(Entry(f"{i:04d}", {**place(i, random).facts, "city": "jaipur"}, ()))

    partitions = {row.pk for row in DirectoryRow.scan() if row.pk.startswith("DIRECTORY#PLACE##city=jaipur#")}
    assert partitions == {keys.directory_list("PLACE", "", [("city", "jaipur")], shard) for shard in range(8)}


def test_the_table_answers_as_the_rows_in_memory_of_the_property_test(shop: Shop) -> None:
    random = Random(4)  # noqa: S311 - a data set, not a secret
    for i in range(20):
        shop.add(place(i, random))

    for query in (
        Query(),
        Query(descending=True, order="fee"),
        Query(where={"city": "jaipur", "kind": "clinic"}, order="fee"),
        Query(ranges={"fee": (search.number(1), search.number(2))}, descending=True),
        Query(ranges={"fee": (None, search.number(1))}),
        Query(text=("ana",)),
        Query(text=("an",), where={"video": True}),
        Query(text=("zzz",)),
    ):
        found = shop.ids(query, 7)
        assert len(found) == len(set(found))
        assert set(found) == shop.oracle(query)
