"""The folder that keeps the local server's data from one start to the next."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devserver.errors import StartError

INBOX = "sms.jsonl"
PEOPLE = "people.json"
"""Who can log in, of a demo."""
ENVIRONMENT = "environment.json"
_PUBLISHED = (
    *("STAGE", "TABLE_NAME", "SIGNING_KEYS_SECRET", "LINK_KEYS_SECRET", "PANEL_KEYS_SECRET"),
    *("LOG_KEY_SECRET", "REFRESH_TOKEN_DAYS", "AWS_REGION", "AWS_DEFAULT_REGION"),
    *("SMS_QUEUE_URL", "SMS_DEAD_LETTERS_URL", "UPLOAD_QUEUE_URL", "LEFTOVERS_QUEUE_URL", "DOCUMENTS_BUCKET"),
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
)
_LOCK_SECONDS = 3


def open_folder(data: Path, *, afresh: bool = False) -> int:
    """Create the folder if needed, check it and lock it. Returns the lock's file descriptor.

    `afresh` is for a demo: what the one before has left is removed. It waits a moment for the server before, which may
    still be saving. Raises StartError, which says what to do.
    """
    try:
        data.mkdir(0o700, parents=True, exist_ok=True)
        (data / "state").mkdir(exist_ok=True)
        lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        (data / INBOX).touch(0o600)
    except (FileExistsError, NotADirectoryError):
        raise StartError(f"DATA={data} is not a folder; remove it or name another with DATA=…") from None
    except OSError as error:
        raise StartError(
            f"DATA={data} cannot be written ({error.strerror}); correct its permissions or name another with DATA=…"
        ) from None
    _lock(lock, data)
    if afresh:
        _empty(data)
    for path in (data / "state").glob("*.json"):
        _check_state(path, data)
    return lock


@contextmanager
def published_environment(data: Path) -> Iterator[None]:
    """While the block runs, tell `manage.py` how to reach this server, by a file in the folder."""
    path = data / ENVIRONMENT
    path.write_text(json.dumps({name: os.environ[name] for name in _PUBLISHED if name in os.environ}), "utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _lock(lock: int, data: Path) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                raise StartError(
                    f"DATA={data} is in use by a local server that is running; stop it or name another with DATA=…"
                ) from None
        time.sleep(0.1)


def _empty(data: Path) -> None:
    """Remove what the demo before has left. Raises StartError when the folder has data of another kind."""
    if not (data / PEOPLE).exists() and any((data / "state").iterdir()):
        raise StartError(f"DATA={data} has data that no demo made; leave it out, or name another with DATA=…")
    for name in ("state", "s3"):
        shutil.rmtree(data / name, ignore_errors=True)
    (data / "state").mkdir()
    (data / INBOX).write_bytes(b"")
    (data / PEOPLE).write_text("[]", "utf-8")


def _check_state(path: Path, data: Path) -> None:
    """Raises StartError for a file that the emulator cannot read: it would start empty and overwrite the file later."""
    try:
        whole = "payload" in json.loads(path.read_bytes())
    except (OSError, ValueError, TypeError):
        whole = False
    if not whole:
        raise StartError(
            f"{path} is damaged; restore it from a copy, or delete {data} to start empty, or name another with DATA=…"
        )
