"""Lets the clients use the local server: each logs in, books an appointment, uploads a document and reads it."""

import datetime
import io
import tempfile
from typing import Any

from pypdf import PdfWriter

from scripts.clients.making import class_path
from scripts.clients.tools import BIN, BUILD, JAVA, OUT, run
from scripts.fuzz import DOCTORS, PASSWORD, PATIENTS, people
from scripts.local_server import Api, server

_DAYS_AHEAD = 3
_PDF = BUILD / "cbc.pdf"


def journeys() -> None:
    """In Java, TypeScript and Python, one after the other, on one server with its own data."""
    _PDF.write_bytes(_pdf())
    with tempfile.TemporaryDirectory() as data, server(data) as (api, _):
        people(api)
        given: dict[str, str] = {
            "URL": api.url,
            "CONTACT": str(PATIENTS[0]),
            "PASSWORD": PASSWORD,
            "PDF": str(_PDF),
            **_week(api),
        }
        run("journey in Java", [*JAVA, "-cp", class_path(), "Journey"], BUILD, given)
        run("journey in TypeScript", ["node", "journey.mjs"], BUILD, given)
        run(
            "journey in Python",
            [str(BIN / "python"), "journey.py"],
            BUILD,
            {**given, "PYTHONPATH": str(OUT / "python")},
        )
        # The server closes a connection on which nothing happens.
        _check(Api(int(api.url.rpartition(":")[2])))


def _week(api: Api) -> dict[str, str]:
    """A doctor who has hours on a day to come."""
    token = _token(api, DOCTORS[0])
    doctor = api.call("GET", "/api/doctors/me/", None, token)["id"]
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=_DAYS_AHEAD)
    window = {"day": f"{day:%A}".lower(), "start_time": "09:00", "end_time": "13:00"}
    api.call("POST", f"/api/doctors/{doctor}/availability/", window, token)
    return {"DOCTOR": str(doctor), "DAY": day.isoformat()}


def _check(api: Api) -> None:
    """The server has what the clients say they did."""
    token = _token(api, PATIENTS[0])
    made = [len(api.call("GET", path, None, token)) for path in ("/api/appointments/my/", "/api/documents/")]
    if made != [3, 3]:
        raise SystemExit(f"The three clients made {made} appointments and documents.")


def _token(api: Api, contact: int) -> str:
    answer: dict[str, Any] = api.call("POST", "/api/users/login/", {"contact": contact, "password": PASSWORD})
    return str(answer["access"])


def _pdf() -> bytes:
    written = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.write(written)
    return written.getvalue()
