"""Routes of `/admin/users`."""

from functools import partial

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.errors import AppError, BadRequest
from quickcare.roles import Role
from quickcare.web.access import may

from admin import accounts, forms, lists, pages, parameters, users
from admin.forms import PersonChange
from admin.request import Request, current
from admin.sessions import sender_of_form

router = APIGatewayRouter()


@router.get("/admin/users")
@may(Role.SUPERADMIN, Role.ADMIN)
def list_users() -> Response[str]:
    """The users, newest first."""
    request = current(router)
    read, count = partial(users.find, request.query), partial(users.count, request.query)
    return lists.page(request, "users.html", read, csv=users.SHEET, count=count)


@router.get("/admin/users/<user_id>")
@may(Role.SUPERADMIN, Role.ADMIN)
def show_user(user_id: str) -> Response[str]:
    """A user with addresses, medical profile and memberships."""
    return _page(current(router), user_id)


def _page(request: Request, user_id: str, error: AppError | None = None) -> Response[str]:
    """A user's page, which is noted in the audit; `error` is that of its form, which keeps what was typed."""
    administrator, record = lists.read_for_administrator(request, lambda: users.record(parameters.uuid(user_id)))
    users.note_opened("opened_record", administrator, record.user, clock.now())
    shown = {"record": record, "user": record.user, "may_change": accounts.may_change(administrator, record.user)}
    return pages.form(request, "user.html", administrator, error=error, **shown)


@router.post("/admin/users/<user_id>/deactivate")
@may(Role.SUPERADMIN, Role.ADMIN)
def deactivate_user(user_id: str) -> Response[str]:
    """Deactivate an account and end all its sessions."""
    request, now = current(router), clock.now()
    accounts.set_active(sender_of_form(request, now), parameters.uuid(user_id), False, now)
    return pages.redirect(request.done(f"users/{user_id}", "deactivated"))


@router.post("/admin/users/<user_id>/activate")
@may(Role.SUPERADMIN, Role.ADMIN)
def activate_user(user_id: str) -> Response[str]:
    """Activate a deactivated account."""
    request, now = current(router), clock.now()
    accounts.set_active(sender_of_form(request, now), parameters.uuid(user_id), True, now)
    return pages.redirect(request.done(f"users/{user_id}", "activated"))


@router.post("/admin/users/<user_id>/change")
@may(Role.SUPERADMIN, Role.ADMIN)
def change_person(user_id: str) -> Response[str]:
    """Change a person's name and e-mail address."""
    request, now = current(router), clock.now()
    administrator = sender_of_form(request, now)
    try:
        body = forms.read(PersonChange, request)
    except BadRequest as error:
        return _page(request, user_id, error)
    is_new = accounts.change_person(administrator, parameters.uuid(user_id), body, now)
    return pages.redirect(request.done(f"users/{user_id}", "person-changed" if is_new else "nothing-changed"))


@router.post("/admin/users/<user_id>/role")
@may(Role.SUPERADMIN)
def change_role(user_id: str) -> Response[str]:
    """Give a user another role."""
    request, now = current(router), clock.now()
    administrator, role = sender_of_form(request, now), accounts.role_of(request.form.get("role", ""))
    is_new = accounts.change_role(administrator, parameters.uuid(user_id), role, now)
    return pages.redirect(request.done(f"users/{user_id}", "role" if is_new else "same-role"))


@router.post("/admin/users/<user_id>/reset-second-factor")
@may(Role.SUPERADMIN)
def reset_second_factor(user_id: str) -> Response[str]:
    """Remove the second factor of another administrator, who lost the phone and the recovery codes."""
    request, now = current(router), clock.now()
    accounts.reset_second_factor(sender_of_form(request, now), parameters.uuid(user_id), now)
    return pages.redirect(request.done(f"users/{user_id}", "second-factor-reset"))
