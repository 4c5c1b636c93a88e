"""What `/api/clinics/` itself takes and answers (docs/contract.md: Clinic)."""

from quickcare.clinic.clinic_change import ClinicChange, ClinicName
from quickcare.web.fields import NoUrl, UrlText, View
from quickcare.web.views import ClinicView


class NewClinic(ClinicChange):
    name: ClinicName


class ClinicPage(View):
    count: int | None
    next: UrlText | None
    previous: NoUrl
    results: list[ClinicView]
