"""Send the local server requests that the OpenAPI document allows and forbids: `python -m scripts.fuzz`.

Schemathesis sends the same cases each time, as a patient, as a clinic's owner and as a doctor, and asks as another
person for what these have made. Its settings are in fuzz.toml, its exceptions in fuzz_hooks.py. It fails on every
answer that the document does not describe, on every 5xx, and when there was no time to send anything.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from scripts.local_server import Api, server

CONFIGURATION = Path(__file__).parent / "fuzz.toml"
PASSWORD, CODE = "secret123", "888888"
_TESTED = re.compile(r"Tested: (\d+)")
_PATIENCE = 120  # seconds that an SMS may take
# Two of each role: the one who calls, and one who has nothing to do with them.
PATIENTS, OWNERS, DOCTORS = (9876500001, 9876500002), (9876500003, 9876500005), (9876500004, 9876500006)


def people(api: Api) -> dict[str, tuple[int, int]]:
    """Who calls, with their and the stranger's contacts: everybody's password is PASSWORD."""
    for patient in PATIENTS:
        _register(api, patient, "Asha Rao", "patient")
    for owner, doctor in zip(OWNERS, DOCTORS, strict=True):
        _open_clinic(api, owner, doctor)
    return {"patient": PATIENTS, "owner": OWNERS, "doctor": DOCTORS}


def _open_clinic(api: Api, contact: int, doctor: int) -> None:
    owner = _register(api, contact, "Charu Shah", "clinic")
    clinic = {"name": "City Care", "clinic_type": "clinic", "phone": "9876543210", "city": "Jaipur"}
    address = {"address": "12, MG Road", "state": "Rajasthan", "pincode": "302001"}
    made = api.call("POST", "/api/clinics/onboarding/step3/", {**clinic, **address}, owner)
    member = {"contact": doctor, "name": "Dev Iyer", "member_role": "doctor"}
    api.call("POST", f"/api/clinics/{made['clinic']['id']}/members/", member, owner)
    _join(api, doctor)


def _register(api: Api, contact: int, name: str, kind: str) -> str:
    steps = f"/api/users/onboarding/{kind}"
    api.call("POST", f"{steps}/step1/", {"contact": contact, "name": name, "password": PASSWORD})
    answer = api.call("POST", f"{steps}/step2/", {"contact": contact, "otp": CODE})
    return str(answer["access"])


def _join(api: Api, contact: int) -> None:
    """A new member of staff logs in with the password from the SMS, and sets a new one."""
    temporary = _sms_to(api, contact).partition("password: ")[2].split()[0]
    access = api.call("POST", "/api/users/login/", {"contact": contact, "password": temporary})["access"]
    access = api.call("PUT", "/api/users/password/change/", {"password": PASSWORD}, access)["access"]
    api.call("PATCH", "/api/users/onboarding/member/complete/", {"specialty": "cardiology"}, access)


def _sms_to(api: Api, contact: int) -> str:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for sms in api.call("GET", "/dev/sms"):
            if str(contact) in sms["to"]:
                return str(sms["body"])
        time.sleep(0.1)
    sys.exit(f"No SMS came to {contact} within {_PATIENCE} s.")


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the local server with what its document allows and forbids.")
    parser.add_argument("--seconds", type=int, default=54, help="per person; default 54")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as data, server(data) as (api, _):
        failed = [fails(api.url, who, contacts, seconds) for who, contacts in people(api).items()]
    return int(any(failed))


def fails(url: str, who: str, contacts: tuple[int, int], seconds: int) -> bool:
    """Whether schemathesis found a failure as this person, in single requests or in chains, or could try nothing."""
    tool = shutil.which("schemathesis", path=str(Path(sys.executable).parent)) or "schemathesis"
    command = [tool, "--config-file", str(CONFIGURATION), "run", f"{url}/api/schema/"]
    chains = seconds // 3
    failed = False
    with tempfile.NamedTemporaryFile("w", suffix=".json") as logins:
        json.dump({"auth": list(map(_login, ("caller", "stranger"), contacts))}, logins)
        logins.flush()
        ours = " ".join(map(str, (*PATIENTS, *OWNERS, *DOCTORS)))
        chosen = {"FUZZ_URL": url, "FUZZ_LOGINS": logins.name, "FUZZ_PASSWORD": PASSWORD, "FUZZ_CONTACTS": ours}
        for phases, limit in (("examples,coverage,fuzzing", seconds - chains), ("stateful", chains)):
            print(f"\nAs {who}: {phases}", flush=True)  # noqa: T201
            phase = [*command, f"--phases={phases}"]
            failed = not passed(phase, limit, {**os.environ, **chosen}) or failed
    return failed


def passed(command: list[str], seconds: int, environment: dict[str, str]) -> bool:
    """Whether it tried something and found nothing. When the time was over before the first try, it gets more, once."""
    code, tested = _run([*command, f"--max-time={seconds}"], environment)
    if code == 0 and not tested:
        print(f"Nothing was tried within {seconds} s; again with four times as long.", flush=True)  # noqa: T201
        code, tested = _run([*command, f"--max-time={4 * seconds}"], environment)
    if code == 0 and not tested:
        print('Nothing was tried, so nothing is proven: make fuzz ARGS="--seconds 600"', flush=True)  # noqa: T201
    return code == 0 and tested > 0


def _run(command: list[str], environment: dict[str, str]) -> tuple[int, int]:
    """The exit code, and how many operations it says it tested. It prints what schemathesis prints."""
    tested = 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        for line in process.stdout or ():
            print(line, end="", flush=True)  # noqa: T201
            if found := _TESTED.search(line):
                tested = int(found[1])
    return process.returncode, tested


def _login(name: str, contact: int) -> dict[str, Any]:
    """How a person logs in, in the format of Web Fuzzing Commons."""
    token = {"extractFrom": "body", "extractSelector": "/access", "sendIn": "header", "sendName": "Authorization"}
    login = {
        "verb": "POST",
        "endpoint": "/api/users/login/",
        "payloadRaw": json.dumps({"contact": contact, "password": PASSWORD}),
        "contentType": "application/json",
        "token": {**token, "sendTemplate": "Bearer {token}"},
    }
    return {"name": name, "loginEndpointAuth": login}


if __name__ == "__main__":
    sys.exit(main())
