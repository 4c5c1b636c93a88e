"""What `/api/users/password/` takes and answers."""

from typing import Annotated

from quickcare.accounts import passwords
from quickcare.web.fields import Body, Code, Contact, Documented, Password, View

# Form only, as the document says it: the rule itself, with its texts, is `passwords.check_rule`.
NewPassword = Annotated[Password, Documented(minLength=passwords.SHORTEST, maxLength=passwords.LONGEST)]


class PasswordChange(Body):
    password: NewPassword


class PasswordChanged(View):
    message: str
    access: str
    refresh: str


class PasswordResetStart(Body):
    contact: Contact


class PasswordResetConfirm(Body):
    contact: Contact
    otp: Code
    password: NewPassword
