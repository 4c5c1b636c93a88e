"""`make demo`: a week of three clinics, played through the API."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import readme
from tests.devserver.conftest import REPOSITORY, SAMPLE, SECONDS, Server
from tests.devserver.test_manage import manage

PATIENTS = 8


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("demo") / "data", REPOSITORY, demo=PATIENTS)
    try:
        yield server.played()
    finally:
        server.stop()


def people(demo: Server, role: str) -> list[dict[str, Any]]:
    return [one for one in demo.client.get("/dev/people").json() if one["role"] == role]


def read(demo: Server, who: dict[str, Any], path: str) -> Any:
    login = demo.client.post("/api/users/login/", json={"contact": who["contact"], "password": "secret123"})
    answer = demo.client.get(path, headers={"Authorization": f"Bearer {login.json()['access']}"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_everybody_named_can_log_in(demo: Server) -> None:
    count = Counter(one["role"] for one in demo.client.get("/dev/people").json())
    assert count == {
        "superadmin": 1,
        "clinic owner": 3,
        "doctor": 12,
        "receptionist": 3,
        "lab member": 3,
        "patient": PATIENTS - 1,
        "deactivated patient": 1,
    }
    for role in ("clinic owner", "doctor", "receptionist", "lab member", "patient"):
        last = people(demo, role)[-1]
        assert read(demo, last, "/api/users/me/")["name"] == last["name"]
        assert str(last["contact"]) in demo.output
    # WHEN the panel has deactivated somebody, they cannot
    (gone,) = people(demo, "deactivated patient")
    refused = demo.client.post("/api/users/login/", json={"contact": gone["contact"], "password": "secret123"})
    assert refused.status_code == 403
    assert f"patients, but not {gone['contact']}, whom the panel has deactivated" in demo.output


def test_the_terminal_tells_the_week_and_who_can_log_in_and_nothing_else(demo: Server) -> None:
    lines = demo.output.splitlines()
    told = lines[lines.index("  Three clinics open.") : lines.index("QuickCare is running; Ctrl-C stops it.")]
    assert all(re.fullmatch(r"  (Three clinics open\.|\w+day: \d+ appointments, \d+ patients\.)", one) for one in told)
    assert len(told) == 9


def test_clinics_and_doctors_are_open_to_everybody(demo: Server) -> None:
    assert len(demo.client.get("/api/clinics/public/").json()["results"]) == 3
    # One of the twelve has left.
    assert len(demo.client.get("/api/doctors/").json()["results"]) == 11


def test_the_week_has_appointments_in_many_states(demo: Server) -> None:
    states: Counter[str] = Counter()
    for patient in people(demo, "patient")[:4]:
        states.update(one["status"] for one in read(demo, patient, "/api/appointments/my/"))
    assert states["completed"]
    assert states["pending"] + states["confirmed"]


def test_a_patients_document_opens(demo: Server) -> None:
    documents = read(demo, people(demo, "patient")[0], "/api/documents/")
    file = httpx.get(documents[0]["file"], follow_redirects=True, timeout=SECONDS)
    assert (file.status_code, file.content[:5]) == (200, b"%PDF-")


def test_what_the_demo_did_breaks_no_invariant_and_leaves_nothing_behind(demo: Server) -> None:
    for command, answer in (("check-invariants", "No finding in "), ("orphans", "There are no orphans.")):
        done = manage(demo.data, command)
        assert (done.returncode, done.stdout[: len(answer)]) == (0, answer), done.stdout + done.stderr


def test_no_other_data_are_overwritten(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "dynamodb.json").write_text('{"payload": {}}')
    server = Server(tmp_path, SAMPLE, demo=1)
    assert server.exit_code() == 1
    assert "has data that no demo made" in server.output
    assert (tmp_path / "state" / "dynamodb.json").read_text() == '{"payload": {}}'
    server.stop()


def test_the_walk_of_the_readme_opens_a_document(demo: Server, tmp_path: Path) -> None:
    walk = readme.block("From registration to an opened document").replace(":8000", f":{demo.port}")
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", walk], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OTP sent" in done.stdout
    assert "%PDF-1.4" in done.stdout
    assert done.stdout.rstrip().endswith("Dr. Suresh Yadav")
