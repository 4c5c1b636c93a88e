"""Routes of `/admin/`."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException
from quickcare import clock, errors, ids
from quickcare.accounts import superadmins, tokens
from quickcare.db import table
from quickcare.errors import AppError, NotFound, TooManyRequests, Unauthorized
from quickcare.observability import count, logger, show, where
from quickcare.roles import Role
from quickcare.web.access import anyone, may

from admin import clinics, codes, login, pages, repository, sessions, users
from admin import request as asking
from admin.request import PAGE_SIZE, Asked
from admin.sessions import Visitor

app = APIGatewayRestResolver()
tokens.load_keys()
T = TypeVar("T")
_DIGITS = len(str(ids.TOO_BIG))
Page = Response[str]


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The Lambda handler."""
    return app.resolve(asking.routed(event), context)


# Coming and going


@app.get("/admin")
@may(anyone)
def home() -> Page:
    """The first page."""
    return pages.redirect(_asked().url("users"))


@app.get("/admin/login")
@may(anyone)
def login_form() -> Page:
    """The login form."""
    return login.welcome(_asked(), clock.now())


@app.post("/admin/login")
@may(anyone)
def log_in() -> Page:
    """Log in with contact and password."""
    return login.log_in(_asked(), clock.now())


@app.post("/admin/logout")
@may(Role.SUPERADMIN, Role.ADMIN)
def log_out() -> Page:
    """End the session."""
    asked, visitor = _posted()
    return login.log_out(asked, visitor, clock.now())


# People


@app.get("/admin/users")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_people() -> Page:
    """People, newest first."""
    asked = _asked()
    return _list(asked, "users.html", partial(users.find, asked.query))


@app.get("/admin/users/<user_id>")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_person(user_id: str) -> Page:
    """A person with addresses, medical profile and memberships."""
    asked, now = _asked(), clock.now()
    visitor, record = _together(asked, lambda: repository.record(_uuid(user_id)))
    users.note_opened(visitor, record.user, now)
    may_change = users.may_change(visitor, record.user)
    return pages.html(asked, "user.html", visitor, record=record, user=record.user, may_change=may_change)


@app.post("/admin/users/<user_id>/deactivate")
@may(Role.SUPERADMIN, Role.ADMIN)
def deactivate_person(user_id: str) -> Page:
    """Lock somebody out."""
    asked, visitor = _posted()
    users.set_active(visitor, _uuid(user_id), False, clock.now())
    return pages.redirect(asked.url(f"users/{user_id}", done="deactivated"))


@app.post("/admin/users/<user_id>/activate")
@may(Role.SUPERADMIN, Role.ADMIN)
def activate_person(user_id: str) -> Page:
    """Let somebody in again."""
    asked, visitor = _posted()
    users.set_active(visitor, _uuid(user_id), True, clock.now())
    return pages.redirect(asked.url(f"users/{user_id}", done="activated"))


@app.post("/admin/users/<user_id>/role")
@may(Role.SUPERADMIN)
def change_role(user_id: str) -> Page:
    """Give somebody another role."""
    asked, visitor = _posted()
    role = users.role_of(asked.form.get("role", ""))
    is_new = users.change_role(visitor, _uuid(user_id), role, clock.now())
    return pages.redirect(asked.url(f"users/{user_id}", done="role" if is_new else "same-role"))


# Codes and temporary passwords


@app.get("/admin/otp-logs")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_codes() -> Page:
    """Codes that were made, newest first."""
    return _list(_asked(), "otp_logs.html", repository.otp_logs, state=codes.state)


@app.post("/admin/otp-logs/reveal")
@may(Role.SUPERADMIN)
def reveal_code() -> Page:
    """The live code of a log entry."""
    asked, visitor = _posted()
    revealed = codes.reveal_code(visitor, asked.form.get("log", ""), clock.now())
    return pages.html(asked, "revealed.html", visitor, revealed=revealed, section="otp-logs")


@app.get("/admin/temp-passwords")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_passwords() -> Page:
    """Temporary passwords that were issued, newest first."""
    return _list(_asked(), "temp_passwords.html", repository.password_logs)


@app.post("/admin/temp-passwords/reveal")
@may(Role.SUPERADMIN)
def reveal_password() -> Page:
    """The temporary password of a log entry."""
    asked, visitor = _posted()
    revealed = codes.reveal_password(visitor, asked.form.get("log", ""), clock.now())
    return pages.html(asked, "revealed.html", visitor, revealed=revealed, section="temp-passwords")


# Clinics and doctors


@app.get("/admin/clinics")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_clinics() -> Page:
    """Clinics, newest first."""
    asked = _asked()
    return _list(asked, "clinics.html", partial(clinics.search, asked.query))


@app.get("/admin/clinics/<clinic_id>")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_clinic(clinic_id: str) -> Page:
    """A clinic and its members, newest first."""
    return _list(_asked(), "clinic.html", partial(_roster, _uuid(clinic_id)))


def _roster(clinic_id: str, limit: int, after: Any) -> tuple[clinics.Roster, Any]:
    found = clinics.roster(clinic_id, limit, after)
    return found, found.last


@app.post("/admin/clinics/<clinic_id>/deactivate")
@may(Role.SUPERADMIN, Role.ADMIN)
def deactivate_clinic(clinic_id: str) -> Page:
    """Take a clinic out of public view."""
    asked, visitor = _posted()
    clinics.set_active(visitor, _uuid(clinic_id), False, clock.now())
    return pages.redirect(asked.url(f"clinics/{clinic_id}", done="clinic-deactivated"))


@app.post("/admin/clinics/<clinic_id>/activate")
@may(Role.SUPERADMIN, Role.ADMIN)
def activate_clinic(clinic_id: str) -> Page:
    """Put a clinic back into public view."""
    asked, visitor = _posted()
    clinics.set_active(visitor, _uuid(clinic_id), True, clock.now())
    return pages.redirect(asked.url(f"clinics/{clinic_id}", done="clinic-activated"))


@app.get("/admin/doctors")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_doctors() -> Page:
    """Doctors, newest first."""
    return _list(_asked(), "doctors.html", repository.doctors)


@app.post("/admin/doctors/<doctor_id>/verify")
@may(Role.SUPERADMIN, Role.ADMIN)
def verify_doctor(doctor_id: str) -> Page:
    """Say that a doctor's registration was checked."""
    asked, visitor = _posted()
    clinics.verify(visitor, _number(doctor_id), True, clock.now())
    return pages.redirect(asked.url(asked.back, done="verified"))


@app.post("/admin/doctors/<doctor_id>/unverify")
@may(Role.SUPERADMIN, Role.ADMIN)
def unverify_doctor(doctor_id: str) -> Page:
    """Take a doctor's verification back."""
    asked, visitor = _posted()
    clinics.verify(visitor, _number(doctor_id), False, clock.now())
    return pages.redirect(asked.url(asked.back, done="unverified"))


# Roles and audit


@app.get("/admin/roles")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_roles() -> Page:
    """The roles, and how many superadmins there are."""
    asked = _asked()
    visitor, active = _together(asked, superadmins.active)
    return pages.html(asked, "roles.html", visitor, superadmins=active)


@app.get("/admin/audit")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_audit() -> Page:
    """What administrators did, newest first."""
    return _list(_asked(), "audit.html", repository.audit)


@app.get("/admin/static/<name>")
@may(anyone)
def static(name: str) -> Page:
    """A stylesheet or icon."""
    return pages.static(name, _asked().query.get("v", ""))


# What routes share


def _asked() -> Asked:
    return asking.of(app.current_event.raw_event)


def _posted() -> tuple[Asked, Visitor]:
    """A form of a live session. Raises Unauthorized, Forbidden for one that is not ours."""
    asked, now = _asked(), clock.now()
    visitor = sessions.visitor(_ticket(asked, now), asked.source_ip, now)
    sessions.require_form_token(asked.form.get("token", ""), visitor.form_token)
    return asked, visitor


def _ticket(asked: Asked, now: datetime) -> sessions.Ticket:
    return sessions.ticket(asked.cookies.get(login.COOKIE, ""), now)


def _together(asked: Asked, read: Callable[[], T]) -> tuple[Visitor, T]:
    """The visitor, and what a page shows, read in the time of one. Raises Unauthorized before anything of `read`."""
    now = clock.now()
    ticket = _ticket(asked, now)
    found, visitor = table.parallel(partial(_attempt, read), lambda: sessions.visitor(ticket, asked.source_ip, now))
    return visitor, found()


def _attempt(read: Callable[[], T]) -> Callable[[], T]:
    """What `read` answers or raises, for later."""
    try:
        found = read()
    except AppError as error:
        return partial(_raise, error)
    return lambda: found


def _raise(error: AppError) -> Any:
    raise error


def _list(asked: Asked, template: str, read: Callable[[int, Any], tuple[Any, Any]], **shown: Any) -> Page:
    """A page of a list, with the link to the next."""
    now = clock.now()
    after = asking.after(asked, _ticket(asked, now).user_id, now)
    visitor, (found, last) = _together(asked, lambda: read(PAGE_SIZE, after))
    next_page = asking.next_page(asked, visitor.user.id, last, now)
    return pages.html(asked, template, visitor, found=found, next_page=next_page, now=now, **shown)


def _uuid(text: str) -> str:
    if not ids.is_uuid(text):
        raise NotFound
    return text.lower()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and 0 < int(text) < ids.TOO_BIG):
        raise NotFound
    return int(text)


# Failures


def _expired(_: Unauthorized) -> Page:
    return login.send(_asked())


def _dependency_error(error: Exception) -> Page:
    logger.error("a dependency failed", error=type(error).__name__, cause=type(getattr(error, "cause", error)).__name__)
    show(error)
    count("DependencyFailure")
    return _failure(errors.Unavailable())


def _bug(error: Exception) -> Page:
    # Only the type and where: a message may quote what somebody sent.
    logger.error("unhandled error", error=type(error).__name__, where=where(error))
    show(error)
    count("UnhandledError")
    return _failure(AppError())


def _not_found(_: NotFoundError) -> Page:
    return _failure(NotFound("There is no such page."))


def _failure(error: AppError) -> Page:
    page = pages.failure(asking.failed(app.current_event.raw_event), error.status, error.message)
    if isinstance(error, TooManyRequests) and error.retry_after is not None:
        page.headers["Retry-After"] = str(error.retry_after)
    return page


app.exception_handler(Unauthorized)(_expired)
app.exception_handler(AppError)(_failure)
app.exception_handler([PynamoDBException, BotoCoreError, ClientError])(_dependency_error)
app.exception_handler(Exception)(_bug)
app.not_found(_not_found)
