"""Routes of `/api/users/password/`."""

from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.web.access import anyone, logged_in, may
from quickcare.web.identity import CallerDep, ClientDep, SourceIpDep

from users import recovery
from users.schemas.messages import Message
from users.schemas.passwords import PasswordChange, PasswordChanged, PasswordResetConfirm, PasswordResetStart

router = APIGatewayRouter()


@router.put("/api/users/password/change")
@may(logged_in)
def change_password(body: PasswordChange, caller: CallerDep) -> PasswordChanged:
    """Set a new password; all other sessions end."""
    started = recovery.change(caller, body.password, clock.now())
    return PasswordChanged(message="Password changed.", access=started.access, refresh=started.refresh)


@router.post("/api/users/password/reset")
@may(anyone)
def start_password_reset(body: PasswordResetStart, source_ip: SourceIpDep) -> Message:
    """Send a code to set a new password; the same answer whether the contact is known or not."""
    recovery.start_reset(body.contact, source_ip, clock.now())
    return Message(message="If this contact has an account, an OTP has been sent to it.")


@router.post("/api/users/password/reset/confirm")
@may(anyone)
def finish_password_reset(body: PasswordResetConfirm, client: ClientDep) -> PasswordChanged:
    """Set a new password with the code."""
    started = recovery.finish_reset(body, client, clock.now())
    return PasswordChanged(message="Password changed.", access=started.access, refresh=started.refresh)
