"""What happens to files on their way: in mails, downloads, editors and programs that count wrongly."""

import re
from collections.abc import Callable

Damage = Callable[[bytes], bytes]


def _replaced(old: bytes, new: bytes) -> Damage:
    return lambda whole: re.sub(old, new, whole)


def _start_number(change: Callable[[int], bytes] | bytes) -> Damage:
    """Changes the number behind the last `startxref`, or puts something else in its place."""

    def changed(whole: bytes) -> bytes:
        last = list(re.finditer(rb"startxref\s+(\d+)", whole))[-1]
        changed_to = change if isinstance(change, bytes) else change(int(last[1]))
        return whole[: last.start(1)] + changed_to + whole[last.end(1) :]

    return changed


def page_twice(whole: bytes) -> bytes:
    """The first page stands in the page tree twice; elsewhere nothing moves, if there are blanks to spare."""
    return re.sub(rb"(/Kids\s*\[\s*)(\d+ 0 R)", rb"\1\2 \2", whole)


def _mail(whole: bytes) -> bytes:
    return b"Content-Type: application/pdf\r\n\r\n" + whole


def _cut(share: float) -> Damage:
    return lambda whole: whole[: int(len(whole) * share)]


def _without_last(count: int) -> Damage:
    return lambda whole: whole[:-count]


DAMAGE: dict[str, Damage] = {
    "nothing": lambda whole: whole,
    "last newline gone": lambda whole: whole.rstrip(b"\r\n"),
    "end marker gone": lambda whole: whole.rstrip()[: -len("%%EOF")],
    "all end markers gone": _replaced(rb"%%EOF", b""),
    "end marker damaged": _replaced(rb"%%EOF", b"%%E0F"),
    "startxref damaged": _replaced(rb"startxref", b"startxerf"),
    "startxref gone": _replaced(rb"startxref\s+\d+\s+", b""),
    "start gone": _start_number(b""),
    "start zero": _start_number(b"0"),
    "start one more": _start_number(lambda number: b"%d" % (number + 1)),
    "start some less": _start_number(lambda number: b"%d" % max(0, number - 20)),
    "start behind the end": _start_number(b"99999999"),
    "start endless": _start_number(b"9" * 5000),
    "start no number": _start_number(b"abc"),
    "offsets no numbers": _replaced(rb"\d{10} (\d{5}) n", rb"XXXXXXXXXX \1 n"),
    "offsets wrong": _replaced(rb"(\d{9})\d (\d{5}) n", rb"\g<1>3 \2 n"),
    "table begins at one": _replaced(rb"xref(\s+)0 ", rb"xref\g<1>1 "),
    "fields of the cross-reference stream wrong": _replaced(rb"/W \[\s*1 ", b"/W [ 2 "),
    "size wrong": _replaced(rb"/Size \d+", b"/Size 1"),
    "number of pages wrong": _replaced(rb"/Count \d+", b"/Count 9"),
    "newlines changed": lambda whole: whole.replace(b"\r\n", b"\n"),
    "page twice": page_twice,
    "blanks before": lambda whole: b"\r\n " + whole,
    "byte order mark before": lambda whole: b"\xef\xbb\xbf" + whole,
    "mail before": _mail,
    "second start before": lambda whole: b"%PDF-1.4\n" + whole,
    "a thousand bytes before": lambda whole: b"x" * 1000 + b"\n" + whole,
    "version nonsense": lambda whole: b"%PDF-x.y" + whole[8:],
    "page appended": lambda whole: whole + b"<html>appended by a server</html>" * 100,
    "zeros appended": lambda whole: whole + bytes(9000),
    "newlines appended": lambda whole: whole + b"\n" * 3000,
    "sent twice": lambda whole: whole + whole,
    "as UTF-8": lambda whole: whole.decode("latin-1").encode("utf-8"),
    "no catalog": _replaced(rb"/Root", b"/Roof"),
    "no page tree": _replaced(rb"/Pages\s+\d", b"/Pagez 1"),
    "backwards": lambda whole: whole[::-1],
    "start only": lambda whole: whole[:9],
    "nothing left": lambda whole: whole[:0],
    **{f"cut at {percent} %": _cut(percent / 100) for percent in (10, 25, 40, 50, 60, 75, 85, 90, 95, 98, 99)},
    **{f"last {count} bytes gone": _without_last(count) for count in (1, 2, 7, 10, 12, 20, 30, 60, 100, 200)},
}
