"""A day of all logs in one file, and what the table has otherwise (decision 0024).

The file is gzip of JSON lines. The first one names the day. Then comes, for each log that grew on it, a line with the
log's name and its head at the time of the export, and a line for each entry of the day, as DynamoDB keeps it.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from quickcare import aws
from quickcare.db import keys, stored, table
from quickcare.db.stored import Stored
from quickcare.logs import everywhere, verification
from quickcare.logs.verification import Finding

SUFFIX = ".jsonl.gz"
_AT_ONCE = 100  # logs


def write(day: str, file: IO[bytes]) -> int:
    """Write a past day (such as 2026-03-01) of all logs into a file; answers how many entries: 32 reads, and 2 for each
    log."""
    entries = 0
    # Without a time in it, the same day is the same file.
    with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
        packed.write(_line({"day": day}))
        names = everywhere.grown_on(day)
        for start in range(0, len(names), _AT_ONCE):
            part = names[start : start + _AT_ONCE]
            for name, head, found in table.gather([partial(_of_day, name, day) for name in part]):
                packed.write(_line({"log": name, "head": head}))
                packed.writelines(map(_line, found))
                entries += len(found)
    return entries


def in_folder(folder: Path) -> Iterator[IO[bytes]]:
    """The exported days in a folder."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with path.open("rb") as file:
            yield file


def in_bucket(bucket: str) -> Iterator[IO[bytes]]:
    """The exported days in a bucket, each as it was written first: whatever lies over it, the lock keeps that."""
    s3 = aws.client("s3")
    first: dict[str, dict[str, Any]] = {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", []):
            # Times are whole seconds, and S3 lists a key's versions newest first.
            known = first.setdefault(version["Key"], version)
            if version["LastModified"] <= known["LastModified"]:
                first[version["Key"]] = version
    for name, version in sorted(first.items()):
        if name.endswith(SUFFIX):
            found = s3.get_object(Bucket=bucket, Key=name, VersionId=version["VersionId"])
            yield BytesIO(found["Body"].read())


def compare(file: IO[bytes]) -> Iterator[Finding]:
    """What the table has otherwise than an exported day: 2 reads for each log of it."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        day, name, head, exported = json.loads(next(lines))["day"], "", None, list[Stored]()
        for line in map(json.loads, lines):
            if "log" not in line:
                exported.append(line)
                continue
            yield from _differing(day, name, head, exported)
            name, head, exported = line["log"], line["head"], []
        yield from _differing(day, name, head, exported)


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True).encode() + b"\n"


def _of_day(name: str, day: str) -> tuple[str, Stored | None, list[Stored]]:
    return name, next(stored.items(keys.log_head(name)), None), list(stored.items(name, day))


def _differing(day: str, name: str, head: Stored | None, exported: Iterable[Stored]) -> Iterator[Finding]:
    """What of a log's day is not as it was exported."""
    if not name:
        return
    _, head_now, entries_now = _of_day(name, day)
    before, now = ({stored.text(one, "sk"): one for one in some} for some in (exported, entries_now))
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            what = "missing" if key not in now else "inserted" if key not in before else "changed"
            yield Finding(name, key, f"{what}: the export of {day} has it otherwise")
    known, known_now = (verification.number_of(one) or 0 for one in (head, head_now))
    if known_now < known:
        yield Finding(name, "", f"tail cut: the export of {day} knows of {known} entries")
