"""Writing a directory: no writer hides or repeats an item, and no row stays for ever."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from zlib import crc32

from quickcare import search
from quickcare.db import keys
from quickcare.db.items import DirectoryEntry, DirectoryRow
from quickcare.search import Entry, Query, words
from quickcare.search.entries import SHARDS, SHARDS_BEFORE

from tests.search.conftest import NOW, PLACES, Shop, place

ANAND = Entry("0001", {"city": "pune", "kind": "clinic", "fee": 2, "video": False}, words("Anand Anan", "pune"))


def generations() -> list[str]:
    """The generations of all rows in the table."""
    rows = [row for row in DirectoryRow.scan() if isinstance(row, DirectoryRow | DirectoryEntry)]
    return sorted({row.generation for row in rows})


def test_rows_count_only_when_the_item_has_their_generation(shop: Shop) -> None:
    search.publish(PLACES, ANAND, NOW)
    shop.entries["0001"], shop.generations["0001"] = ANAND, None

    assert shop.ids(Query()) == []


def test_a_change_leaves_no_old_row(shop: Shop) -> None:
    shop.add(ANAND)

    shop.change("0001", fee=3)

    assert generations() == [shop.generations["0001"]]
    assert shop.ids(Query(order="fee")) == shop.ids(Query(text=("ana",))) == ["0001"]


def test_a_writer_that_was_refused_deletes_only_its_own_rows(shop: Shop) -> None:
    # GIVEN two writers who wrote their rows, of whom the second also wrote the item
    shop.add(ANAND)
    lost = search.publish(PLACES, ANAND, NOW)

    # WHEN the first one deletes its rows
    search.retire(PLACES, "0001", lost, NOW, current=shop.generations["0001"])

    assert generations() == [shop.generations["0001"]]
    assert shop.ids(Query(where={"city": "pune"})) == ["0001"]


def test_a_writer_leaves_the_rows_of_another_that_has_not_written_the_item_yet(shop: Shop) -> None:
    # GIVEN a writer that has written its rows and not yet the item
    shop.add(ANAND)
    coming = search.publish(PLACES, ANAND, NOW)

    # WHEN another one changes the item
    shop.change("0001", fee=0)

    assert coming in generations()


def test_rows_that_a_crash_left_are_deleted_by_a_write_an_hour_later(shop: Shop) -> None:
    shop.add(ANAND)
    crashed = search.publish(PLACES, ANAND, NOW)

    shop.add(ANAND, NOW + timedelta(minutes=59))
    assert crashed in generations()
    shop.add(ANAND, NOW + timedelta(minutes=61))

    assert generations() == [shop.generations["0001"]]


def test_an_item_that_is_not_listed_any_more_has_no_rows(shop: Shop) -> None:
    shop.add(ANAND)

    search.retire(PLACES, "0001", shop.generations["0001"], NOW)

    assert generations() == []


def test_a_city_is_spread_over_partitions(shop: Shop) -> None:
    random = Random(7)  # noqa: S311 - a data set, not a secret
    for i in range(40):
        shop.add(Entry(f"{i:04d}", {**place(i, random).facts, "city": "jaipur"}, ()))

    partitions = {row.pk for row in DirectoryRow.scan() if row.pk.startswith("DIRECTORY#PLACE##city=jaipur#")}
    assert partitions == {keys.directory_list("PLACE", "", [("city", "jaipur")], shard) for shard in range(SHARDS)}


def test_rows_from_when_there_were_eight_partitions_are_found_and_leave_nothing(shop: Shop) -> None:
    # GIVEN an item from then, which would have its rows in another partition now
    item_id = "0"
    assert crc32(b"0") % SHARDS_BEFORE != shard_of(item_id)
    entry = replace(ANAND, id=item_id)
    shop.add(replace(entry, shards=SHARDS_BEFORE))
    shop.entries[item_id] = entry
    (written,) = DirectoryEntry.scan()
    written.update([DirectoryEntry.shards.remove()])
    # THEN it is found beside those of now, and needs no rows of now
    shop.add(ANAND)
    assert sorted(shop.ids(Query())) == sorted(shop.ids(Query(text=("ana",)))) == ["0", "0001"]
    assert search.says(PLACES, entry, str(shop.generations[item_id]))
    # AND when it changes, its rows are where those of now belong, and nowhere else
    shop.change(item_id, fee=3)
    rows = [row for row in DirectoryRow.scan() if isinstance(row, DirectoryRow) and row.item_id == item_id]
    assert {row.pk.rpartition("#")[2] for row in rows} == {str(shard_of(item_id))}
    assert generations() == sorted(str(one) for one in shop.generations.values())


def shard_of(item_id: str) -> int:
    return crc32(item_id.encode()) % SHARDS


def test_the_table_gives_the_same_answers_as_rows_in_memory(shop: Shop) -> None:
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


def test_a_page_whose_rows_are_all_in_one_shard_is_whole(shop: Shop) -> None:
    same_shard = [one for one in map(str, range(2000)) if shard_of(one) == 3][:40]
    for item_id in same_shard:
        shop.add(Entry(item_id, {"city": "pune", "kind": "clinic", "fee": int(item_id) % 4, "video": False}, ()))

    pages = shop.pages(Query(where={"city": "pune"}), 15)

    assert [len(page) for page in pages] == [15, 15, 10]
    assert sorted(one for page in pages for one in page) == sorted(same_shard)
