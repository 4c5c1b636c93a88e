"""Routes of `/admin/`."""

from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from quickcare import clock, ids
from quickcare.accounts import superadmins, tokens
from quickcare.errors import NotFound
from quickcare.observability import logger
from quickcare.roles import Role
from quickcare.web.access import anyone, may

from admin import accounts, audit, clinics, codes, doctors, failures, lists, login, pages, users
from admin import request as requests
from admin.request import Request
from admin.sessions import sender_of_form

app = APIGatewayRestResolver()
failures.register(app)
tokens.load_keys()
_DIGITS = len(str(ids.TOO_BIG))
Html = Response[str]


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The Lambda handler."""
    return app.resolve(requests.for_routes(event), context)


def _request() -> Request:
    return requests.read(app.current_event.raw_event)


# Login and logout


@app.get("/admin")
@may(anyone)
def home() -> Html:
    """The first page."""
    return pages.redirect(_request().url("users"))


@app.get("/admin/login")
@may(anyone)
def login_form() -> Html:
    """The login form."""
    return login.welcome(_request(), clock.now())


@app.post("/admin/login")
@may(anyone)
def log_in() -> Html:
    """Log in with contact and password."""
    return login.log_in(_request(), clock.now())


@app.post("/admin/logout")
@may(Role.SUPERADMIN, Role.ADMIN)
def log_out() -> Html:
    """End the session."""
    request, now = _request(), clock.now()
    return login.log_out(request, sender_of_form(request, now), now)


# Users


@app.get("/admin/users")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_users() -> Html:
    """The users, newest first."""
    request = _request()
    return lists.page(request, "users.html", partial(users.find, request.query))


@app.get("/admin/users/<user_id>")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_user(user_id: str) -> Html:
    """A user with addresses, medical profile and memberships."""
    request = _request()
    administrator, record = lists.read_for_administrator(request, lambda: users.record(_uuid(user_id)))
    users.note_opened(administrator, record.user, clock.now())
    may_change = accounts.may_change(administrator, record.user)
    return pages.html(request, "user.html", administrator, record=record, user=record.user, may_change=may_change)


@app.post("/admin/users/<user_id>/deactivate")
@may(Role.SUPERADMIN, Role.ADMIN)
def deactivate_user(user_id: str) -> Html:
    """Deactivate an account and end all its sessions."""
    request, now = _request(), clock.now()
    accounts.set_active(sender_of_form(request, now), _uuid(user_id), False, now)
    return pages.redirect(request.url(f"users/{user_id}", done="deactivated"))


@app.post("/admin/users/<user_id>/activate")
@may(Role.SUPERADMIN, Role.ADMIN)
def activate_user(user_id: str) -> Html:
    """Activate a deactivated account."""
    request, now = _request(), clock.now()
    accounts.set_active(sender_of_form(request, now), _uuid(user_id), True, now)
    return pages.redirect(request.url(f"users/{user_id}", done="activated"))


@app.post("/admin/users/<user_id>/role")
@may(Role.SUPERADMIN)
def change_role(user_id: str) -> Html:
    """Give a user another role."""
    request, now = _request(), clock.now()
    administrator, role = sender_of_form(request, now), accounts.role_of(request.form.get("role", ""))
    is_new = accounts.change_role(administrator, _uuid(user_id), role, now)
    return pages.redirect(request.url(f"users/{user_id}", done="role" if is_new else "same-role"))


# Codes and temporary passwords


@app.get("/admin/otp-logs")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_codes() -> Html:
    """The one-time codes that were made, newest first."""
    return lists.page(_request(), "otp_logs.html", codes.newest_codes, state=codes.state)


@app.post("/admin/otp-logs/reveal")
@may(Role.SUPERADMIN)
def reveal_code() -> Html:
    """Show the live code of a log entry."""
    request, now = _request(), clock.now()
    administrator = sender_of_form(request, now)
    revealed = codes.reveal_code(administrator, request.form.get("log", ""), now)
    return pages.html(request, "revealed.html", administrator, revealed=revealed, section="otp-logs")


@app.get("/admin/temp-passwords")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_passwords() -> Html:
    """The temporary passwords that were sent, newest first."""
    return lists.page(_request(), "temp_passwords.html", codes.newest_passwords)


@app.post("/admin/temp-passwords/reveal")
@may(Role.SUPERADMIN)
def reveal_password() -> Html:
    """Show the temporary password of a log entry."""
    request, now = _request(), clock.now()
    administrator = sender_of_form(request, now)
    revealed = codes.reveal_password(administrator, request.form.get("log", ""), now)
    return pages.html(request, "revealed.html", administrator, revealed=revealed, section="temp-passwords")


# Clinics and doctors


@app.get("/admin/clinics")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_clinics() -> Html:
    """The clinics, newest first."""
    request = _request()
    return lists.page(request, "clinics.html", partial(clinics.find, request.query))


@app.get("/admin/clinics/<clinic_id>")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_clinic(clinic_id: str) -> Html:
    """A clinic and its members, newest first."""
    return lists.page(_request(), "clinic.html", partial(clinics.roster, _uuid(clinic_id)))


@app.post("/admin/clinics/<clinic_id>/deactivate")
@may(Role.SUPERADMIN, Role.ADMIN)
def deactivate_clinic(clinic_id: str) -> Html:
    """Take a clinic out of public view."""
    request, now = _request(), clock.now()
    clinics.set_active(sender_of_form(request, now), _uuid(clinic_id), False, now)
    return pages.redirect(request.url(f"clinics/{clinic_id}", done="clinic-deactivated"))


@app.post("/admin/clinics/<clinic_id>/activate")
@may(Role.SUPERADMIN, Role.ADMIN)
def activate_clinic(clinic_id: str) -> Html:
    """Put a clinic back into public view."""
    request, now = _request(), clock.now()
    clinics.set_active(sender_of_form(request, now), _uuid(clinic_id), True, now)
    return pages.redirect(request.url(f"clinics/{clinic_id}", done="clinic-activated"))


@app.get("/admin/doctors")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_doctors() -> Html:
    """The doctors, newest first."""
    return lists.page(_request(), "doctors.html", doctors.newest)


@app.post("/admin/doctors/<doctor_id>/verify")
@may(Role.SUPERADMIN, Role.ADMIN)
def verify_doctor(doctor_id: str) -> Html:
    """Say that a doctor's registration was checked."""
    request, now = _request(), clock.now()
    doctors.verify(sender_of_form(request, now), _number(doctor_id), True, now)
    return pages.redirect(request.url(request.back, done="verified"))


@app.post("/admin/doctors/<doctor_id>/unverify")
@may(Role.SUPERADMIN, Role.ADMIN)
def unverify_doctor(doctor_id: str) -> Html:
    """Withdraw a doctor's verification."""
    request, now = _request(), clock.now()
    doctors.verify(sender_of_form(request, now), _number(doctor_id), False, now)
    return pages.redirect(request.url(request.back, done="unverified"))


# Roles, audit and static files


@app.get("/admin/roles")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_roles() -> Html:
    """The roles, and how many superadmins there are."""
    request = _request()
    administrator, active = lists.read_for_administrator(request, superadmins.active)
    return pages.html(request, "roles.html", administrator, superadmins=active)


@app.get("/admin/audit")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_audit() -> Html:
    """What administrators did, newest first."""
    return lists.page(_request(), "audit.html", audit.newest)


@app.get("/admin/static/<name>")
@may(anyone)
def static(name: str) -> Html:
    """A stylesheet or icon."""
    return pages.static(name, _request().query.get("v", ""))


# Ids in paths


def _uuid(text: str) -> str:
    if not ids.is_uuid(text):
        raise NotFound
    return text.lower()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and 0 < int(text) < ids.TOO_BIG):
        raise NotFound
    return int(text)
