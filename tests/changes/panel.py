"""What administrators change in the panel."""

import re
from collections.abc import Callable, Mapping
from importlib import import_module

from notifications import receipts
from notifications.schemas import SmsMessage
from quickcare import aws
from quickcare.accounts import superuser
from quickcare.db import table
from quickcare.db.items import ContactOwner
from quickcare.db.operations import Delete
from quickcare.sms import outbox, texts

from tests import faults
from tests.admin.browser import Browser
from tests.admin.test_second_factor import Phone, set_up
from tests.changes.scene import Change, Scene
from tests.people import PASSWORD

Fields = Mapping[str, str | Callable[[], str]]
_APP = import_module("admin.app").app
_LOGINS = ("POST /admin/login", "POST /admin/login/code")
_IN_PARTS = ("POST /admin/clinics/verify", "POST /admin/doctors/verify")
_OPPOSITES = {"activate": "deactivate", "unverify": "verify"}
_OF_SECOND_FACTOR = ("POST /admin/second-factor", "POST /admin/second-factor/recovery-codes")


def of(name: str) -> Change:
    """A form that the superadmin sends, from a page that was opened before."""

    def prepare(scene: Scene) -> Callable[[], int]:
        browser = logged_in(scene)
        path, fields = asked(scene, name, browser)
        cookies = dict(browser.cookies)

        def request() -> int:
            aws._secrets.clear()
            browser.cookies = dict(cookies)  # a browser that got no answer got no cookie
            sent = {name: value() if callable(value) else value for name, value in fields.items()}
            return browser.post(path, sent).status

        return request

    return Change(name, prepare, is_in_parts=name in _IN_PARTS)


def logged_in(scene: Scene) -> Browser:
    browser = Browser()
    assert browser.log_in(scene.town.others["superadmin"].contact, PASSWORD).status == 303
    return browser


def asked(scene: Scene, name: str, browser: Browser) -> tuple[str, Fields]:
    """The path of the form and its fields; what they need is made."""
    path = name.partition("/admin/")[2]
    if name in _LOGINS or name in _OF_SECOND_FACTOR:
        return path, of_login(scene, name, browser)
    token = browser.get("users").forms["logout"]["token"]
    fields = {"token": token, **filled_in(scene, name)}
    path = re.sub(r"<(\w+)>", lambda found: named(scene, browser, name.rpartition("/")[2])[found[1]], path)
    about, _, what = path.rpartition("/")
    if what in _OPPOSITES:
        assert browser.post(f"{about}/{_OPPOSITES[what]}", fields).status == 303
    return path, fields


def code_of(phone: Phone) -> Callable[[], str]:
    """What the phone shows whenever the form is sent."""
    return lambda: phone.code


def of_login(scene: Scene, name: str, browser: Browser) -> Fields:
    contact = scene.town.others["superadmin"].contact
    if name == "POST /admin/login":
        browser.cookies.clear()
        return {**browser.get("login").forms["login"], "contact": str(contact), "password": PASSWORD}
    page = browser.get("second-factor")
    if name == "POST /admin/second-factor":
        return {**page.forms["second-factor"], "code": code_of(Phone(page, scene.time))}
    phone, _ = set_up(browser, scene.time)
    if name == "POST /admin/login/code":
        browser.cookies.clear()
        assert browser.log_in(contact, PASSWORD).status == 303
        return {**browser.get("login/code").forms["login/code"], "code": code_of(phone)}
    return {**browser.get("second-factor").forms["second-factor/recovery-codes"], "code": code_of(phone)}


def named(scene: Scene, browser: Browser, what: str) -> dict[str, str]:
    """What paths name: things of the clinic there, where nothing else is asked for."""
    there = scene.town.there
    patient = there.people["patient"].id
    session = re.search(rf"users/{patient}/sessions/([0-9a-f]+)/end", browser.get(f"users/{patient}/sessions").html)
    assert session
    ids = {"user_id": patient, "session_id": session[1], "message_id": given_up(scene)}
    if what == "reset-second-factor":
        ids["user_id"] = colleague_with_second_factor(scene)
    return ids | {name: str(there.ids[name]) for name in ("clinic_id", "doctor_id", "appointment_id")}


def colleague_with_second_factor(scene: Scene) -> str:
    """The id of another superadmin, who has set one up."""
    contact = 9876699997
    assert superuser.create(contact=contact, name="Sunil", password=PASSWORD, now=scene.time.now)
    browser = Browser()
    assert browser.log_in(contact, PASSWORD).status == 303
    set_up(browser, scene.time)
    owner = table.fetch(ContactOwner.key(contact))
    assert owner
    return str(owner.user_id)


def given_up(scene: Scene) -> str:
    """The id of an SMS that the provider took at no try."""
    item = outbox.sms(scene.town.there.people["patient"].contact, texts.document_granted("Asha"), "en", scene.time.now)
    table.write(**outbox.accepted(item))
    message = SmsMessage(id=item.message_id, to=item.to, body=item.body, text=item.text, language=item.language)
    receipts.give_up(message, "provider answered 500 (code 20500)", scene.time.now)
    table.write(outbox=Delete(item.place))
    return str(item.message_id)


def filled_in(scene: Scene, name: str) -> dict[str, str]:
    """The fields of a form besides its token."""
    here, there = scene.town.here.ids, scene.town.there.ids
    if name == "POST /admin/otp-logs/reveal":
        contact = scene.town.pending["patient"]
        return {"log": [item["sk"] for item in faults.items(kind="OtpLog") if item["contact"] == contact][-1]}
    if name == "POST /admin/temp-passwords/reveal":
        return {"log": temporary_password(scene)}
    return {
        "POST /admin/password": {"password": PASSWORD, "new_password": "another horse 8", "again": "another horse 8"},
        "POST /admin/appointments/<appointment_id>/cancel": {"reason": "The clinic asked for it."},
        "POST /admin/clinics/verify": {f"clinic-{one['clinic_id']}": "on" for one in (here, there)},
        "POST /admin/clinics/<clinic_id>/change": {"name": "City Care", "clinic_type": "clinic", "city": "Kota"},
        "POST /admin/doctors/verify": {f"doctor-{one['doctor_id']}": "on" for one in (here, there)},
        "POST /admin/users/<user_id>/change": {"name": "Asha Rao"},
        "POST /admin/users/<user_id>/role": {"role": "5"},
    }.get(name, {})


def temporary_password(scene: Scene) -> str:
    """The id of the temporary password of somebody who was added just now."""
    here = scene.town.here
    body = {"contact": 9876699998, "name": "Nina", "member_role": "lab_member"}
    answer = scene.api.post(f"/api/clinics/{here.ids['clinic_id']}/members/", body, here.people["owner"].token)
    assert answer.status == 201, answer
    (log,) = [item for item in faults.items(kind="TempPasswordLog") if item["contact"] == body["contact"]]
    return str(log["sk"])


ALL = [of(f"{one.method} {one.path}") for one in _APP._static_routes + _APP._dynamic_routes if one.method == "POST"]
