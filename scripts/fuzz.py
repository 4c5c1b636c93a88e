"""Try the local server with what the OpenAPI document allows and what it forbids: `python -m scripts.fuzz`.

Schemathesis sends it as a patient, as a clinic's owner and as a doctor, the same cases each time; its checks and their
exceptions are in fuzz.toml. Fails on any answer that the document does not describe, and on every 5xx.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.bench import Api, server

CONFIGURATION = Path(__file__).parent / "fuzz.toml"
PASSWORD, CODE = "secret123", "888888"
_PATIENCE = 30  # seconds that an SMS may take
PATIENT, OWNER, DOCTOR = 9876500001, 9876500003, 9876500004


def people(api: Api) -> dict[str, int]:
    """Who calls, with their contacts: everybody's password is PASSWORD."""
    _register(api, PATIENT, "Asha Rao", "patient")
    owner = _register(api, OWNER, "Charu Shah", "clinic")
    clinic = {"name": "City Care", "clinic_type": "clinic", "phone": "9876543210", "city": "Jaipur"}
    address = {"address": "12, MG Road", "state": "Rajasthan", "pincode": "302001"}
    made = api.call("POST", "/api/clinics/onboarding/step3/", {**clinic, **address}, owner)
    member = {"contact": DOCTOR, "name": "Dev Iyer", "member_role": "doctor"}
    api.call("POST", f"/api/clinics/{made['clinic']['id']}/members/", member, owner)
    _join(api, DOCTOR)
    return {"patient": PATIENT, "owner": OWNER, "doctor": DOCTOR}


def _register(api: Api, contact: int, name: str, kind: str) -> str:
    steps = f"/api/users/onboarding/{kind}"
    api.call("POST", f"{steps}/step1/", {"contact": contact, "name": name, "password": PASSWORD})
    answer = api.call("POST", f"{steps}/step2/", {"contact": contact, "otp": CODE})
    return str(answer["access"])


def _join(api: Api, contact: int) -> None:
    """A new member logs in with the password from the SMS, and sets an own one."""
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
    parser.add_argument("--seconds", type=int, default=45, help="per person; default 45")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as data, server(data) as (api, _):
        failed = [_try(api, who, contact, seconds) for who, contact in people(api).items()]
    return int(any(failed))


def _try(api: Api, who: str, contact: int, seconds: int) -> bool:
    """Whether schemathesis found something as this person."""
    print(f"\nAs {who}", flush=True)  # noqa: T201
    tool = shutil.which("schemathesis", path=str(Path(sys.executable).parent)) or "schemathesis"
    command = [tool, "--config-file", str(CONFIGURATION), "run", f"{api.url}/api/schema/"]
    chosen = {"FUZZ_URL": api.url, "FUZZ_CONTACT": str(contact), "FUZZ_PASSWORD": PASSWORD}
    done = subprocess.run([*command, f"--max-time={seconds}"], env={**os.environ, **chosen}, check=False)  # noqa: S603
    return done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
