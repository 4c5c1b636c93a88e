"""Routes of `/api/users/onboarding/`: registration in three steps, and the profile of new staff."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.accounts.sessions import Client
from quickcare.roles import Role
from quickcare.web.access import anyone, may, not_onboarded
from quickcare.web.identity import CallerDep, ClientDep, SourceIpDep
from quickcare.web.views import UserView

from users import onboarding, registration
from users.schemas.me import MedicalProfileView
from users.schemas.onboarding import (
    MemberOnboarded,
    MemberOnboarding,
    PatientOnboarded,
    PatientOnboarding,
    Registered,
    RegistrationCode,
    RegistrationStart,
    RegistrationStarted,
)

router = APIGatewayRouter()


@router.post("/api/users/onboarding/patient/step1")
@may(anyone)
def start_patient_registration(body: RegistrationStart, source_ip: SourceIpDep) -> RegistrationStarted:
    """Send a code to register a patient."""
    return _start(body, Role.PATIENT, source_ip, "/api/users/onboarding/patient/step2/")


@router.post("/api/users/onboarding/clinic/step1")
@may(anyone)
def start_clinic_registration(body: RegistrationStart, source_ip: SourceIpDep) -> RegistrationStarted:
    """Send a code to register a clinic owner."""
    return _start(body, Role.CLINIC_OWNER, source_ip, "/api/users/onboarding/clinic/step2/")


def _start(body: RegistrationStart, role: Role, source_ip: str, next_step: str) -> RegistrationStarted:
    token = registration.start(body, role, source_ip, clock.now())
    return RegistrationStarted(
        message="OTP sent to your contact number.",
        contact=body.contact,
        sms_sent=True,
        next_step=next_step,
        registration_token=token,
    )


@router.post("/api/users/onboarding/patient/step2", status_code=HTTPStatus.CREATED)
@may(anyone)
def finish_patient_registration(body: RegistrationCode, client: ClientDep) -> Registered:
    """Create the patient's account with the code."""
    return _finish(body, Role.PATIENT, client, "/api/users/onboarding/patient/step3/")


@router.post("/api/users/onboarding/clinic/step2", status_code=HTTPStatus.CREATED)
@may(anyone)
def finish_clinic_registration(body: RegistrationCode, client: ClientDep) -> Registered:
    """Create the clinic owner's account with the code."""
    return _finish(body, Role.CLINIC_OWNER, client, "/api/clinics/onboarding/step3/")


def _finish(body: RegistrationCode, role: Role, client: Client, next_step: str) -> Registered:
    user, started = registration.finish(body, role, client, clock.now())
    return Registered(
        message="OTP verified. Account created! Please complete your profile.",
        access=started.access,
        refresh=started.refresh,
        user=UserView.of(user),
        next_step=next_step,
    )


@router.patch("/api/users/onboarding/patient/step3")
@may(not_onboarded(Role.PATIENT))
def complete_patient(body: PatientOnboarding, caller: CallerDep) -> PatientOnboarded:
    """Complete a patient's profile with personal and medical details."""
    user, profile = onboarding.complete_patient(caller.user_id, body, clock.now())
    return PatientOnboarded(
        message="Registration complete! Welcome to QuickCare.",
        user=UserView.of(user),
        medical_profile=MedicalProfileView.model_validate(profile) if profile else None,
    )


@router.patch("/api/users/onboarding/member/complete")
@may(not_onboarded(Role.DOCTOR, Role.RECEPTIONIST, Role.LAB_MEMBER))
def complete_member(body: MemberOnboarding, caller: CallerDep) -> MemberOnboarded:
    """Complete the profile of a clinic's staff member."""
    user, started = onboarding.complete_member(caller, body, clock.now())
    return MemberOnboarded(
        message="Profile complete! Welcome to QuickCare.",
        access=started.access,
        refresh=started.refresh,
        user=UserView.of(user),
    )
