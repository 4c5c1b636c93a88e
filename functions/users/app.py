"""Routes of `/api/users/`."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from quickcare import clock
from quickcare.accounts import tokens
from quickcare.errors import Conflict, Forbidden, NotFound, Unauthorized
from quickcare.roles import Role
from quickcare.web import http, idempotency
from quickcare.web.access import anyone, former_patients, logged_in, may, not_onboarded, owner_of, working
from quickcare.web.answers import also_answers
from quickcare.web.identity import CallerDep, SourceIpDep
from quickcare.web.paging import PageDep
from quickcare.web.views import UserView

from users import (
    addresses,
    login,
    medical_profiles,
    onboarding,
    patient_lookup,
    profile,
    recovery,
    registration,
    repository,
)
from users.parameters import AddressId, ContactAsked
from users.schemas import (
    AddressChange,
    AddressView,
    ContactExists,
    Empty,
    LoggedIn,
    LoginRequest,
    MedicalFields,
    MedicalProfileView,
    MemberOnboarded,
    MemberOnboarding,
    Message,
    NewAddress,
    OnboardingRequired,
    PasswordChange,
    PasswordChanged,
    PasswordResetConfirm,
    PasswordResetStart,
    PatientFound,
    PatientOnboarded,
    PatientOnboarding,
    ProfileChange,
    Refreshed,
    RefreshRequest,
    Registered,
    RegistrationCode,
    RegistrationStart,
    RegistrationStarted,
    VerifyRequest,
)

app = APIGatewayRestResolver(**http.options())
http.register_errors(app)
tokens.load_keys()
handler = http.handler(app)

# Registration


@app.post("/api/users/onboarding/patient/step1")
@may(anyone)
def start_patient_registration(body: RegistrationStart, source_ip: SourceIpDep) -> RegistrationStarted:
    """Send a code to register a patient."""
    return _start(body, Role.PATIENT, source_ip, "/api/users/onboarding/patient/step2/")


@app.post("/api/users/onboarding/clinic/step1")
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


@app.post("/api/users/onboarding/patient/step2", status_code=HTTPStatus.CREATED)
@may(anyone)
def finish_patient_registration(body: RegistrationCode) -> Registered:
    """Create the patient's account with the code."""
    return _finish(body, Role.PATIENT, "/api/users/onboarding/patient/step3/")


@app.post("/api/users/onboarding/clinic/step2", status_code=HTTPStatus.CREATED)
@may(anyone)
def finish_clinic_registration(body: RegistrationCode) -> Registered:
    """Create the clinic owner's account with the code."""
    return _finish(body, Role.CLINIC_OWNER, "/api/clinics/onboarding/step3/")


def _finish(body: RegistrationCode, role: Role, next_step: str) -> Registered:
    user, started = registration.finish(body, role, clock.now())
    return Registered(
        message="OTP verified. Account created! Please complete your profile.",
        access=started.access,
        refresh=started.refresh,
        user=UserView.of(user),
        next_step=next_step,
    )


@app.patch("/api/users/onboarding/patient/step3")
@may(not_onboarded(Role.PATIENT))
def complete_patient(body: PatientOnboarding, caller: CallerDep) -> PatientOnboarded:
    """Complete a patient's profile with personal and medical details."""
    user, profile = onboarding.complete_patient(caller.user_id, body, clock.now())
    return PatientOnboarded(
        message="Registration complete! Welcome to QuickCare.",
        user=UserView.of(user),
        medical_profile=MedicalProfileView.model_validate(profile) if profile else None,
    )


@app.patch("/api/users/onboarding/member/complete")
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


# Login and sessions


@app.post("/api/users/login")
@also_answers(Unauthorized, Forbidden)
@may(anyone)
def log_in(body: LoginRequest) -> LoggedIn | OnboardingRequired:
    """Log in with contact and password."""
    user, started = login.log_in(body.contact, body.password, clock.now())
    view = OnboardingRequired if user.role.is_staff and not user.is_complete_onboarding else LoggedIn
    return view(
        access=started.access,
        refresh=started.refresh,
        user=UserView.of(user),
        password_change_required=user.temporary_password_until is not None,
    )


@app.post("/api/users/token/refresh")
@also_answers(Unauthorized)
@may(anyone)
def refresh(body: RefreshRequest) -> Refreshed:
    """Get a new access token for a refresh token."""
    return Refreshed(access=login.refresh(body.refresh, clock.now()))


@app.post("/api/users/token/verify")
@also_answers(Unauthorized)
@may(anyone)
def verify(body: VerifyRequest) -> Empty:
    """Check that a token is good."""
    login.check(body.token, clock.now())
    return Empty()


@app.post("/api/users/logout")
@may(logged_in)
def log_out(body: RefreshRequest, caller: CallerDep) -> Message:
    """End the session of a refresh token."""
    login.log_out(caller.user_id, body.refresh, clock.now())
    return Message(message="Logged out.")


# Passwords


@app.put("/api/users/password/change")
@may(logged_in)
def change_password(body: PasswordChange, caller: CallerDep) -> PasswordChanged:
    """Set a new password; all other sessions end."""
    started = recovery.change(caller, body.password, clock.now())
    return PasswordChanged(message="Password changed.", access=started.access, refresh=started.refresh)


@app.post("/api/users/password/reset")
@may(anyone)
def start_password_reset(body: PasswordResetStart, source_ip: SourceIpDep) -> Message:
    """Send a code to set a new password; the same answer whether the contact is known or not."""
    recovery.start_reset(body.contact, source_ip, clock.now())
    return Message(message="If this contact has an account, an OTP has been sent to it.")


@app.post("/api/users/password/reset/confirm")
@may(anyone)
def finish_password_reset(body: PasswordResetConfirm) -> PasswordChanged:
    """Set a new password with the code."""
    started = recovery.finish_reset(body, clock.now())
    return PasswordChanged(message="Password changed.", access=started.access, refresh=started.refresh)


# Profile


@app.get("/api/users/me")
@may(logged_in)
def me(caller: CallerDep) -> UserView:
    """The caller's own account."""
    return UserView.of(repository.account(caller.user_id))


@app.put("/api/users/me")
@may(logged_in)
def change_me(body: ProfileChange, caller: CallerDep) -> UserView:
    """Change the caller's own account; what is not sent stays."""
    return UserView.of(profile.change(caller.user_id, body, clock.now()))


@app.get("/api/users/me/medical-profile")
@also_answers(NotFound)
@may(Role.PATIENT, former_patients)
def medical_profile(caller: CallerDep) -> MedicalProfileView:
    """The calling patient's medical profile."""
    return MedicalProfileView.model_validate(medical_profiles.find(caller.user_id))


@app.put("/api/users/me/medical-profile")
@may(Role.PATIENT, former_patients)
def change_medical_profile(body: MedicalFields, caller: CallerDep) -> MedicalProfileView:
    """Change the calling patient's medical profile, creating it the first time."""
    return MedicalProfileView.model_validate(medical_profiles.change(caller.user_id, body, clock.now()))


@app.get("/api/users/check")
@may(anyone)
def check(contact: ContactAsked) -> ContactExists:
    """Whether a contact is registered."""
    return ContactExists(exists=registration.is_registered(contact))


@app.get("/api/users/patient/lookup")
@also_answers(NotFound, Conflict)
@may(working(Role.DOCTOR, Role.LAB_MEMBER))
def look_up_patient(contact: ContactAsked, caller: CallerDep) -> PatientFound:
    """Find a patient by contact, for doctors and lab members."""
    return PatientFound.model_validate(patient_lookup.look_up(caller.user_id, contact, clock.now()))


# Addresses


@app.get("/api/users/address")
@may(logged_in)
def my_addresses(caller: CallerDep, page: PageDep) -> Response[list[AddressView]]:
    """The caller's addresses, oldest first."""
    found, last, current = addresses.page_of(caller.user_id, page.limit, page.after)
    views = [AddressView.of(item, caller.user_id, int(item.id) == current) for item in found]
    return Response(HTTPStatus.OK, "application/json", views, page.headers(last, clock.now()))


@app.post("/api/users/address", status_code=HTTPStatus.CREATED, middlewares=[idempotency.idempotent])
@may(logged_in)
def add_address(body: NewAddress, caller: CallerDep) -> AddressView:
    """Add an address; the first one is the current one."""
    item, is_current = addresses.add(caller.user_id, body, clock.now())
    return AddressView.of(item, caller.user_id, is_current)


@app.get("/api/users/address/<address_id>")
@may(owner_of("address"))
def address(address_id: AddressId, caller: CallerDep) -> AddressView:
    """One of the caller's addresses."""
    item, is_current = addresses.find(caller.user_id, address_id)
    return AddressView.of(item, caller.user_id, is_current)


@app.put("/api/users/address/<address_id>")
@may(owner_of("address"))
def change_address(address_id: AddressId, body: AddressChange, caller: CallerDep) -> AddressView:
    """Change an address; what is not sent stays. `is_current: true` makes it the one current address."""
    item, is_current = addresses.change(caller.user_id, address_id, body)
    return AddressView.of(item, caller.user_id, is_current)


@app.delete("/api/users/address/<address_id>", status_code=HTTPStatus.NO_CONTENT)
@may(owner_of("address"))
def delete_address(address_id: AddressId, caller: CallerDep) -> Response[None]:
    """Delete an address."""
    addresses.delete(caller.user_id, address_id)
    return Response(HTTPStatus.NO_CONTENT)
