"""The answer that only says what was done."""

from quickcare.web.fields import View


class Message(View):
    message: str
