"""The answers that say what was done."""

from quickcare.web.fields import View


class ClinicMessage(View):
    message: str


class Closed(ClinicMessage):
    """Says what ended, and the ids of the live appointments that stay nevertheless."""

    conflicting_appointments: list[int]
