"""Routes of the second step of the login and of `/admin/second-factor`."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.errors import BadRequest, Conflict, TooManyRequests, Unauthorized
from quickcare.roles import Role
from quickcare.web.access import may

from admin import login, pages, second_factor, sessions
from admin import second_factor_pages as views
from admin.request import current, inside

router = APIGatewayRouter()


@router.get("/admin/login/code")
@may(Role.SUPERADMIN, Role.ADMIN)
def code_form() -> Response[str]:
    """The second step of the login; whose login is finished is sent on."""
    request, now = current(router), clock.now()
    sender = sessions.holder(sessions.ticket(request, now), request.source_ip, now)
    if sender.goes_on != sessions.CODE_PAGE:
        return pages.redirect(request.url(sender.goes_on or inside(request.query.get("next", ""))))
    return views.code_form(request, sender)


@router.post("/admin/login/code")
@may(Role.SUPERADMIN, Role.ADMIN)
def enter_code() -> Response[str]:
    """Finish the login with a code of the app or a recovery code."""
    request, now = current(router), clock.now()
    onward = request.url(inside(request.form.get("next", "")))
    try:
        sender = sessions.holder_who_sent_form(request, now)
        if sender.goes_on != sessions.CODE_PAGE:
            return pages.redirect(request.url(sender.goes_on) if sender.goes_on else onward)
        cookie = second_factor.finish_login(sender, request.form.get("code", ""), now)
    except (BadRequest, TooManyRequests) as error:
        return views.code_form(request, sender, error)
    except Unauthorized:
        # After a double click the first answer has brought a new cookie, which this one must not delete.
        return pages.redirect(request.url("login", next=inside(request.form.get("next", ""))))
    return pages.redirect(onward, [login.session_cookie(request, cookie)])


@router.get("/admin/second-factor")
@may(Role.SUPERADMIN, Role.ADMIN)
def state() -> Response[str]:
    """The administrator's own second factor, or how to set one up."""
    request, now = current(router), clock.now()
    return views.state(request, sessions.holder(sessions.ticket(request, now), request.source_ip, now), now)


@router.post("/admin/second-factor")
@may(Role.SUPERADMIN, Role.ADMIN)
def set_up() -> Response[str]:
    """Set up a second factor with the first code of the app, and show the recovery codes."""
    request, now = current(router), clock.now()
    sender = sessions.holder_who_sent_form(request, now)
    try:
        made = second_factor.set_up(sender, request.form.get("code", ""), now)
    except (BadRequest, Conflict) as error:
        return views.state(request, sender, now, error)
    page = views.codes(request, made.administrator, made.codes)
    page.cookies = [login.session_cookie(request, made.cookie)]
    return page


@router.post("/admin/second-factor/recovery-codes")
@may(Role.SUPERADMIN, Role.ADMIN)
def renew_recovery_codes() -> Response[str]:
    """Make ten new recovery codes and show them."""
    request, now = current(router), clock.now()
    sender = sessions.sender_of_form(request, now)
    try:
        made = second_factor.renew_recovery_codes(sender, request.form.get("code", ""), now)
    except (BadRequest, TooManyRequests) as error:
        return views.state(request, sender, now, error)
    return views.codes(request, sender, made)
