"""What each route is asked in the town, and who may ask it: for the test of all routes and for `make bench`.

A new route without ids and without a body needs no line here.
"""

import re
from collections.abc import Callable
from typing import Any

from quickcare.roles import Role
from quickcare.web import access
from quickcare.web.access import Who

from tests import routes, town
from tests.api import Answer, Api
from tests.people import PASSWORD
from tests.routes import InResolver
from tests.town import MONDAY, Somebody, Town

NO_SMS = "6f1f8f0e-3b0e-4a51-8f0a-52c3f4c6f6aa"
DOCTOR, RECEPTIONIST, LAB = Role.DOCTOR, Role.RECEPTIONIST, Role.LAB_MEMBER
MODULES = sorted({route.module for route in routes.in_template()})


def of_here(name: str, *also: str) -> Callable[[Town, Somebody], bool]:
    """Whoever has this part in the clinic whose things are asked for."""
    return lambda there_is, who: any(who is there_is.everybody[one] for one in (name, *also))


def working(*roles: Role) -> Callable[[Town, Somebody], bool]:
    return lambda _, who: who.works and who.role in roles


def not_onboarded(*roles: Role) -> Callable[[Town, Somebody], bool]:
    return lambda _, who: who.is_new and who.role in roles


LETS_IN: dict[Who, Callable[[Town, Somebody], bool]] = {
    access.anyone: lambda *_: True,
    access.holder_of_link: lambda _, who: bool(who.link),
    access.twilio: lambda *_: False,
    access.exotel: lambda *_: False,
    access.logged_in: lambda _, who: bool(who.token),
    access.former_patients: of_here("former patient"),
    access.without_place: of_here("doctor without a clinic"),
    access.member: of_here("invited"),
    access.invited_user: of_here("invited"),
    access.doctor_with_consent: of_here("doctor"),
    access.lab_member_who_uploaded: of_here("lab_member"),
    access.patient_of_clinic: of_here("patient", "former patient"),
    **{access.patient_of(thing): of_here("patient") for thing in ("appointment", "consent", "document")},
    **{access.doctor_of(thing): of_here("doctor") for thing in ("appointment", "leave", "patient", "week")},
    access.owner_of("clinic"): of_here("owner"),
    access.owner_of("address"): of_here("patient"),
    access.owner_of("session"): of_here("patient"),
    access.working(DOCTOR): working(DOCTOR),
    access.working(DOCTOR, LAB): working(DOCTOR, LAB),
    access.not_onboarded(Role.PATIENT): not_onboarded(Role.PATIENT),
    access.not_onboarded(DOCTOR, RECEPTIONIST, LAB): not_onboarded(DOCTOR, RECEPTIONIST, LAB),
    access.not_onboarded(Role.CLINIC_OWNER): not_onboarded(Role.CLINIC_OWNER),
}


def lets_in(who: tuple[Who | Role, ...], there_is: Town, somebody: Somebody) -> bool:
    return any(somebody.role is one if isinstance(one, Role) else LETS_IN[one](there_is, somebody) for one in who)


def bodies(there_is: Town, who: Somebody) -> dict[str, dict[str, Any]]:
    """What is sent, by method and path."""
    here, ids, newcomer = there_is.here, there_is.here.ids, 9876699999
    code = {"otp": "888888", "registration_token": None}
    cancelled = {"status": "cancelled"}
    return {
        "POST /api/users/onboarding/patient/step1": {"contact": newcomer, "name": "Nina Rao", "password": PASSWORD},
        "POST /api/users/onboarding/clinic/step1": {"contact": newcomer, "name": "Nina Rao", "password": PASSWORD},
        "POST /api/users/onboarding/patient/step2": {"contact": there_is.pending["patient"], **code},
        "POST /api/users/onboarding/clinic/step2": {"contact": there_is.pending["clinic"], **code},
        "POST /api/users/login": {"contact": here.people["patient"].contact, "password": PASSWORD},
        "POST /api/users/token/refresh": {"refresh": here.people["patient"].refresh},
        "POST /api/users/token/verify": {"token": here.people["patient"].token},
        "POST /api/users/logout": {"refresh": who.refresh or here.people["patient"].refresh},
        "PUT /api/users/password/change": {"password": "another horse 8"},
        "POST /api/users/password/reset": {"contact": here.people["patient"].contact},
        "POST /api/users/password/reset/confirm": {
            "contact": here.people["receptionist"].contact,
            "otp": "888888",
            "password": "another horse 8",
        },
        "PUT /api/users/me": {"age": 40},
        "PUT /api/users/me/medical-profile": {"allergies": "None"},
        "POST /api/users/address": {"town": "Kota"},
        "PUT /api/users/address/<address_id>": {"town": "Kota"},
        "POST /api/clinics/onboarding/step3": {**town.CLINIC, "time_slots": []},
        "POST /api/clinics": town.CLINIC,
        "PUT /api/clinics/<clinic_id>": {"city": "Kota"},
        "POST /api/clinics/<clinic_id>/slots": {**town.SLOT, "day_of_week": 3},
        "PUT /api/clinics/<clinic_id>/slots/<slot_id>": {"max_appointments": 7},
        "POST /api/clinics/<clinic_id>/members": {"contact": newcomer, "name": "Nina", "member_role": "lab_member"},
        "PUT /api/clinics/<clinic_id>/members/<member_id>": {"department": "Neurology"},
        "POST /api/clinics/<clinic_id>/admission-docs": town.IDENTITY_CARD,
        "PUT /api/clinics/<clinic_id>/admission-docs/<doc_id>": {"is_mandatory": False},
        "PUT /api/doctors/me": {"biography": "Likes horses."},
        "POST /api/doctors/<doctor_id>/availability": {**town.WINDOW, "day": "friday"},
        "PUT /api/doctors/<doctor_id>/availability": {"slot_id": ids["window_id"], "max_patients": 9},
        "POST /api/doctors/me/leaves": {"start_date": "2026-07-01", "end_date": "2026-07-02"},
        "POST /api/appointments/my": {
            "doctor": ids["doctor_id"],
            "appointment_date": MONDAY,
            "appointment_time": "09:30",
        },
        "PATCH /api/appointments/my/<appointment_id>": cancelled,
        "PUT /api/appointments/my/<appointment_id>": cancelled,
        "PATCH /api/appointments/doctor/<appointment_id>": {"notes": "Rest."},
        "PATCH /api/appointments/clinic/<clinic_id>/<appointment_id>": cancelled,
        "POST /api/documents": {
            "title": "CBC Report",
            "document_type": "lab_report",
            "file_name": "cbc.pdf",
            "file_size": 1000,
            "patient_id": who.id if who is there_is.everybody["doctor without a clinic"] else here.people["patient"].id,
        },
        "POST /api/documents/consent/request": {"document": ids["unasked"], "purpose": "To compare"},
        "PATCH /api/documents/consent/<consent_id>/action": {"action": "revoked"},
    }


def queries(there_is: Town, who: Somebody) -> dict[str, str]:
    ids, patient = there_is.here.ids, there_is.here.people["patient"]
    return {
        "GET /api/users/check": f"contact={patient.contact}",
        "GET /api/users/patient/lookup": f"contact={patient.contact}",
        "DELETE /api/doctors/<doctor_id>/availability": f"slot_id={ids['window_id']}",
        "GET /api/doctors/<doctor_id>/availability/slots": f"date={MONDAY}",
        "GET /api/documents/patient-docs": f"patient_id={patient.id}",
        "GET /api/documents/<doc_id>/file": f"t={who.link}",
    }


FORMS = {"POST /l/<code>": "answer=decline"}
"""What is sent where a page takes a form."""


def call(
    api: Api,
    there_is: Town,
    route: InResolver,
    who: Somebody,
    headers: dict[str, str] | None = None,
    query: str = "",
    body: dict[str, Any] | None = None,
    **more: Any,
) -> Answer:
    """The route about the things of `here`, with its usual query and body or these, and `more` in the body."""
    fixed = {"asset": "swagger-ui.css", "sms_id": NO_SMS, "proof": "none"}
    name, ids = f"{route.method} {route.path}", {**there_is.here.ids, **fixed}
    if route.path.startswith("/api/clinics/"):
        ids["doc_id"] = ids["doc_id of clinics"]
    if "/my/memberships/" in route.path:
        ids["member_id"] = ids["member_id of my memberships"]
    path = re.sub(r"<(\w+)>", lambda found: str(ids[found[1]]), route.path)
    query = query or queries(there_is, who).get(name, "")
    body = body or bodies(there_is, who).get(name)
    body = {**(body or {}), **more} if more else body
    url = f"{path}/?{query}" if query else f"{path}/"
    raw = FORMS.get(name)
    return api.call(route.method, url, body, token=who.token, identity=who.identity, raw=raw, headers=headers)


def callers(there_is: Town, route: InResolver) -> dict[str, Somebody]:
    """Everybody; where no authorizer stands before the route, nobody can say who they are."""
    known = {(one.method, one.shape) for one in routes.in_template() if one.has_authorizer}
    everybody = there_is.everybody
    is_known = (route.method, route.shape) in known
    return {name: one for name, one in everybody.items() if is_known or not one.token}
