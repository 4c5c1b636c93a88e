"""docs/messages.md says what is sent: every text, word by word, and the segments of the longest."""

from typing import NamedTuple

from quickcare.sms import gsm7
from quickcare.sms.languages import LANGUAGES

from tests.bench import ROOT
from tests.sms.test_texts import ON_AWS, about

LONGEST = ("W" * 200, "क" * 200)


class Row(NamedTuple):
    when: str
    who: str
    key: str
    english: str
    segments: str


def rows() -> list[Row]:
    table = (
        (ROOT / "docs" / "messages.md").read_text("utf-8").partition("## Who hears of what")[2].partition("\n## ")[0]
    )
    cells = [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in table.splitlines() if "|" in line]
    return [Row(*one) for one in cells[2:]]


def test_the_table_has_every_text_once_with_who_gets_it() -> None:
    assert sorted(row.key for row in rows()) == sorted(LANGUAGES["en"].texts)
    assert [row.key for row in rows() if not row.who] == []
    assert rows()[0].when


def test_the_table_says_what_the_texts_say() -> None:
    assert {row.key: row.english for row in rows()} == dict(LANGUAGES["en"].texts)


def test_the_table_says_as_how_many_sms_a_text_is_paid() -> None:
    found = {}
    for key in LANGUAGES["en"].texts:
        most = [max(gsm7.segments(about(name, ON_AWS)[key].say(one)) for name in LONGEST) for one in LANGUAGES]
        found[key] = " / ".join(map(str, most))
    assert {row.key: row.segments for row in rows()} == found
