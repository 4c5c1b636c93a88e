"""What login, its tokens and logout take and answer (docs/contract.md: Tokens)."""

from typing import Annotated, Literal

from pydantic import Field
from quickcare.web.fields import Body, Contact, Password, Token, View
from quickcare.web.views import UserView


class LoginRequest(Body):
    contact: Contact
    password: Annotated[Password, Field(max_length=1024)]


class LoggedIn(View):
    access: str
    refresh: str
    user: UserView
    password_change_required: bool


class OnboardingRequired(LoggedIn):
    """Login of staff who have not completed their profile."""

    message: str = "Login successful, but your profile is incomplete."
    onboarding_required: Literal[True] = True
    onboarding_url: str = "/api/users/onboarding/member/complete/"


class RefreshRequest(Body):
    refresh: Token


class Refreshed(View):
    access: str


class VerifyRequest(Body):
    token: Token


class Empty(View):
    """`{}`"""
