"""No page repeats or misses a result: every query is compared with a plain filter over all items."""

from hypothesis import given, settings
from hypothesis import strategies as st
from quickcare import search
from quickcare.search import Query, wanted

from tests.search.conftest import CITIES, KINDS, NAMES, Shop
from tests.thorough import times

fees = st.none() | st.integers(0, 4).map(search.number)
texts = st.lists(
    st.sampled_from([*NAMES, "a", "an", "ana", "arm", "dr. sha", "नई", "xyz", "a s", "k.r.s."]), max_size=2
).map(lambda chosen: wanted(" ".join(chosen)))
queries = st.builds(
    Query,
    where=st.fixed_dictionaries(
        {},
        optional={
            "city": st.sampled_from([city for city in CITIES if city]),
            "kind": st.sampled_from(KINDS),
            "video": st.booleans(),
        },
    ),
    text=texts | st.just(()),
    ranges=st.just({}) | st.fixed_dictionaries({"fee": st.tuples(fees, fees)}),
    order=st.sampled_from(["", "fee"]),
    descending=st.booleans(),
)


@settings(max_examples=times(300, 2000))
@given(query=queries, limit=st.sampled_from([1, 7, 20, 100]))
def test_any_query_in_any_pages_finds_exactly_what_a_plain_filter_finds(town: Shop, query: Query, limit: int) -> None:
    pages = town.pages(query, limit)

    found = [one for page in pages for one in page]
    assert len(found) == len(set(found))
    assert set(found) == town.oracle(query)
    if query.order == "fee":
        in_order = [town.entries[one].facts["fee"] for one in found]
        assert in_order == sorted(in_order, reverse=query.descending)
    assert all(len(page) <= limit for page in pages)
