"""Routes of `/api/users/me/`."""

from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.errors import NotFound
from quickcare.roles import Role
from quickcare.web.access import former_patients, logged_in, may, without_place
from quickcare.web.answers import also_answers
from quickcare.web.identity import CallerDep
from quickcare.web.views import UserView

from users import medical_profiles, preferences, profile, repository
from users.schemas.me import MedicalFields, MedicalProfileView, ProfileChange
from users.schemas.preferences import PreferencesChange, PreferencesView

router = APIGatewayRouter()


@router.get("/api/users/me")
@may(logged_in)
def me(caller: CallerDep) -> UserView:
    """The caller's own account."""
    return UserView.of(repository.account(caller.user_id))


@router.put("/api/users/me")
@may(logged_in)
def change_me(body: ProfileChange, caller: CallerDep) -> UserView:
    """Change the caller's own account; what is not sent stays."""
    return UserView.of(profile.change(caller.user_id, body, clock.now()))


@router.get("/api/users/me/preferences")
@may(logged_in)
def my_preferences(caller: CallerDep) -> PreferencesView:
    """In which language the caller gets SMS, and whether they want reminders."""
    return PreferencesView.model_validate(repository.account(caller.user_id))


@router.put("/api/users/me/preferences")
@may(logged_in)
def change_my_preferences(body: PreferencesChange, caller: CallerDep) -> PreferencesView:
    """Change the language of the caller's SMS, and whether they want reminders; what is not sent stays."""
    return PreferencesView.model_validate(preferences.change(caller.user_id, body))


@router.get("/api/users/me/medical-profile")
@also_answers(NotFound)
@may(Role.PATIENT, without_place, former_patients)
def medical_profile(caller: CallerDep) -> MedicalProfileView:
    """The calling patient's medical profile."""
    return MedicalProfileView.model_validate(medical_profiles.find(caller.user_id))


@router.put("/api/users/me/medical-profile")
@may(Role.PATIENT, without_place, former_patients)
def change_medical_profile(body: MedicalFields, caller: CallerDep) -> MedicalProfileView:
    """Change the calling patient's medical profile, creating it the first time."""
    return MedicalProfileView.model_validate(medical_profiles.change(caller.user_id, body, clock.now()))
