"""The panel's cookies.

With TLS their names begin with `__Host-`: a browser takes such a cookie only when it is secure and for this host alone,
so no other host of the domain can set or replace it. Only stage local is without TLS; there browsers would drop them.
"""

from typing import NamedTuple

from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from quickcare.settings import Stage, settings

from admin.request import Request


class Named(NamedTuple):
    """One of the cookies, by the name that it has without TLS."""

    plain: str

    @property
    def name(self) -> str:
        """Its name in this stage."""
        return f"__Host-{self.plain}" if _has_tls() else self.plain

    def set(self, request: Request, value: str, seconds: int) -> Cookie:
        """The cookie with this value, out of reach of scripts and other sites; 0 seconds delete it."""
        return Cookie(
            self.name,
            value,
            # What begins with `__Host-` has to be for all paths.
            path="/" if _has_tls() else request.base,
            secure=_has_tls(),
            http_only=True,
            max_age=seconds,
            same_site=SameSite.STRICT_MODE,
        )


def _has_tls() -> bool:
    return settings().stage is not Stage.LOCAL


COOKIE = Named("quickcare_admin")
"""The session."""
FORM_COOKIE = Named("quickcare_admin_form")
"""The secret behind the token of the login form."""
