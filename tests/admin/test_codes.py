import re
from typing import Any

import pytest
from admin import codes
from quickcare import reindex
from quickcare.db import table
from quickcare.db.item import Key
from quickcare.db.items import AuditEntry, CodePointer, OtpLog, Registration, TempPassword, TempPasswordLog
from quickcare.db.operations import Create, Delete, Update

from tests import faults, round_trips
from tests.admin.browser import Browser
from tests.admin.conftest import XSS, MakeUser
from tests.api import Api
from tests.bench import sms_to
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, code_sent_to

CONTACT = 9876500055
STEP1, STEP2 = "/api/users/onboarding/patient/step1/", "/api/users/onboarding/patient/step2/"
REVEAL, REVEAL_PASSWORD = "otp-logs/reveal", "temp-passwords/reveal"


@pytest.fixture
def code(api: Api) -> str:
    """The code of somebody who has started to register."""
    body = {"contact": CONTACT, "name": "Ravi", "password": PASSWORD}
    assert api.post(STEP1, body).status == 200
    return code_sent_to(CONTACT)


@pytest.fixture
def password_log(make_user: MakeUser, time: FakeClock) -> str:
    """The id of the log entry of the temporary password `temp-1234`."""
    user, expires_at = make_user("Dora", contact=CONTACT), time.now.replace(day=8)
    known = {"id": "1#a", "user_id": user.id, "contact": CONTACT, "created_at": time.now, "expires_at": expires_at}
    table.write(
        log=Create(TempPasswordLog.key("1#a").item(**known)),
        password=Create(TempPassword.key("1#a").item(password="temp-1234", expires_at=expires_at)),
    )
    return "1#a"


def token(browser: Browser) -> str:
    return browser.get("roles").forms["logout"]["token"]


def test_a_live_code_is_revealed_and_works(superadmin: Browser, code: str, api: Api) -> None:
    page = superadmin.get("otp-logs")
    # Digits that are part of another number are no code.
    assert not re.search(rf"\b{code}\b", page.html)
    revealed = superadmin.submit(page, REVEAL)
    assert code in revealed.text
    assert api.post(STEP2, {"contact": CONTACT, "otp": code}).status == 201
    assert "Used" in superadmin.get("otp-logs").text
    assert REVEAL not in superadmin.get("otp-logs").forms


def test_revealing_a_code_has_an_audit_entry(superadmin: Browser, code: str, time: FakeClock) -> None:
    time.advance(seconds=1)
    superadmin.submit(superadmin.get("otp-logs"), REVEAL)
    newest = next(iter(AuditEntry.query("AUDIT", scan_index_forward=False)))
    assert (newest.action, newest.actor_name, newest.source_ip) == ("revealed_code", "Sunita Super", "203.0.113.9")
    assert newest.detail == f"Patient registration for {CONTACT}"
    assert code not in str(newest.attribute_values)


def test_a_code_that_was_used_is_not_revealed(superadmin: Browser, code: str, api: Api) -> None:
    form = superadmin.get("otp-logs").forms[REVEAL]
    assert api.post(STEP2, {"contact": CONTACT, "otp": code}).status == 201
    assert superadmin.post(REVEAL, form).status == 409


def test_a_code_that_a_newer_one_replaced_is_not_revealed(
    superadmin: Browser, code: str, api: Api, time: FakeClock
) -> None:
    form = superadmin.get("otp-logs").forms[REVEAL]
    time.advance(seconds=31)
    assert api.post(STEP1, {"contact": CONTACT, "name": "Ravi", "password": PASSWORD}).status == 200
    assert superadmin.post(REVEAL, form).status == 409


def test_an_expired_code_is_shown_as_expired(superadmin: Browser, code: str, time: FakeClock) -> None:
    form = superadmin.get("otp-logs").forms[REVEAL]
    time.advance(minutes=10)
    assert superadmin.post(REVEAL, form).status == 409
    assert "Expired" in superadmin.get("otp-logs").text


def test_a_reset_code_is_revealed(superadmin: Browser, people: People, api: Api, time: FakeClock) -> None:
    contact = people.alice.contact
    time.advance(seconds=31)
    assert api.post("/api/users/password/reset/", {"contact": contact}).status == 200
    assert code_sent_to(contact) in superadmin.submit(superadmin.get("otp-logs"), REVEAL).text


def test_an_admin_sees_the_logs_but_nothing_secret(admin: Browser, code: str, password_log: str) -> None:
    for path, reveal in (("otp-logs", REVEAL), ("temp-passwords", REVEAL_PASSWORD)):
        page = admin.get(path)
        assert "98765 00055" in page.text
        assert reveal not in page.forms
        assert admin.post(reveal, {"token": token(admin), "log": password_log}).status == 403


def test_a_temporary_password_is_revealed(superadmin: Browser, password_log: str) -> None:
    page = superadmin.get("temp-passwords")
    assert "temp-1234" not in page.html
    assert "Dora" in page.text
    assert "temp-1234" in superadmin.submit(page, REVEAL_PASSWORD).text
    assert "Revealed a temporary password" in superadmin.get("audit").text


def test_temporary_passwords_of_before_the_shards_are_listed_and_revealed(
    superadmin: Browser, password_log: str, make_user: MakeUser, time: FakeClock
) -> None:
    # GIVEN an older entry, where yesterday's code put it
    user = make_user("Lata", contact=CONTACT + 1)
    known = {"id": "0#b", "user_id": user.id, "contact": CONTACT + 1, "created_at": time.now}
    expires_at = time.now.replace(day=8)
    table.write(
        log=Create(TempPasswordLog.before_shards("0#b").item(**known, expires_at=expires_at)),
        password=Create(TempPassword.key("0#b").item(password="older-567", expires_at=expires_at)),
    )
    # THEN it stands after the newer one, and its password is shown
    page = superadmin.get("temp-passwords")
    assert page.text.index("Dora") < page.text.index("Lata")
    revealed = superadmin.post(REVEAL_PASSWORD, {"token": token(superadmin), "log": "0#b"})
    assert "older-567" in revealed.text


def test_a_temporary_password_that_is_gone_is_not_revealed(superadmin: Browser, password_log: str) -> None:
    page = superadmin.get("temp-passwords")
    table.write(gone=Delete(TempPassword.key(password_log)))
    assert superadmin.submit(page, REVEAL_PASSWORD).status == 409


def test_a_used_temporary_password_is_shown_as_used(superadmin: Browser, password_log: str) -> None:
    table.write(log=Update(TempPasswordLog.key(password_log), [TempPasswordLog.is_used.set(True)]))
    assert "Used" in superadmin.get("temp-passwords").text
    assert REVEAL_PASSWORD not in superadmin.get("temp-passwords").forms


@pytest.mark.parametrize("reveal", [REVEAL, REVEAL_PASSWORD])
def test_unknown_log_entries_and_forged_forms_are_refused(superadmin: Browser, code: str, reveal: str) -> None:
    assert superadmin.post(reveal, {"token": token(superadmin), "log": "nothing"}).status == 404
    assert superadmin.post(reveal, {"token": token(superadmin), "log": ""}).status == 404
    assert superadmin.post(reveal, {"token": "forged", "log": "nothing"}).status == 403


def test_a_page_takes_at_most_two_reads(superadmin: Browser, code: str, password_log: str) -> None:
    for path, reads in (("otp-logs", 1), ("temp-passwords", 2), ("audit", 1), ("roles", 1)):
        with round_trips.counted() as trips:
            assert superadmin.get(path).status == 200
        assert trips.reads <= reads, path


def test_the_log_of_codes_has_pages(superadmin: Browser, api: Api, time: FakeClock) -> None:
    for number in range(27):
        time.advance(seconds=1)
        body = {"contact": 9876520000 + number, "name": XSS, "password": PASSWORD}
        assert api.post(STEP1, body, ip=f"198.51.100.{number}").status == 200
    first = superadmin.get("otp-logs")
    (onward,) = first.links("Next page")
    assert first.text.index("98765 20026") < first.text.index("98765 20002")
    assert "98765 20001" in superadmin.get(onward).text
    assert sms_to(9876520000)


def test_codes_of_all_shards_and_of_before_them_are_listed_newest_first(
    superadmin: Browser, code: str, api: Api, time: FakeClock
) -> None:
    # GIVEN codes in several shards, and one where yesterday's code put it
    move_before_shards()
    contacts = [CONTACT]
    for number in range(1, 8):
        time.advance(seconds=1)
        body = {"contact": CONTACT + number, "name": "Ravi", "password": PASSWORD}
        assert api.post(STEP1, body, ip=f"198.51.100.{number}").status == 200
        contacts.insert(0, CONTACT + number)
    # WHEN the first pages are read, of three each
    found: list[int] = []
    after = None
    while len(found) < len(contacts):
        page, after = codes.find_codes({}, 3, after)
        found += [int(log.contact) for log in page]
    # THEN
    assert (found, after) == (contacts, None)
    assert len({item["pk"] for item in faults.items(kind="OtpLog")}) > 3


def test_a_code_of_before_the_shards_is_revealed_used_and_marked(superadmin: Browser, code: str, api: Api) -> None:
    move_before_shards()
    assert code in superadmin.submit(superadmin.get("otp-logs"), REVEAL).text
    assert api.post(STEP2, {"contact": CONTACT, "otp": code}).status == 201
    assert "Used" in superadmin.get("otp-logs").text


def move_before_shards() -> None:
    """Put the one entry of the log where it would have been before there were shards, as the registration says too."""
    registration = table.fetch(Registration.key(CONTACT))
    assert registration
    written = table.fetch(registration.log)
    assert written
    table.write(
        moved=Delete(OtpLog.key(written.sk)),
        log=Create(OtpLog.before_shards(written.sk).item(**_attributes(written))),
        registration=Update(Registration.key(CONTACT), [Registration.otp_log_pk.remove()]),
    )


def _attributes(item: OtpLog) -> dict[str, Any]:
    return {name: value for name, value in item.attribute_values.items() if name not in ("pk", "sk", "kind")}


def test_codes_are_found_by_contact_in_two_reads(superadmin: Browser, people: People, api: Api) -> None:
    contacts = [int(person.contact) for person in (people.alice, people.charlie)]
    with round_trips.counted() as trips:
        page = superadmin.get(f"otp-logs?contact={contacts[0]}")
    assert trips.reads <= 2, trips
    assert page.html.count('scope="row"') == 1
    assert "no code" in superadmin.get("otp-logs?contact=9876511111").text.lower()
    assert superadmin.get("otp-logs?contact=123").status == 400


def test_a_code_for_nobody_is_in_no_list(superadmin: Browser, api: Api) -> None:
    assert api.post("/api/users/password/reset", {"contact": 9876511111}).status == 200
    assert "no code" in superadmin.get("otp-logs?contact=9876511111").text.lower()


def test_codes_from_before_are_found_after_a_reindex(superadmin: Browser, people: People) -> None:
    contact = int(people.alice.contact)
    for item in faults.items(kind="CodePointer"):
        table.write(pointer=Delete(Key(CodePointer, str(item["pk"]), str(item["sk"]))))
    path = f"otp-logs?contact={contact}"
    assert superadmin.get(path).html.count('scope="row"') == 0
    reindex.run()
    assert superadmin.get(path).html.count('scope="row"') == 1
