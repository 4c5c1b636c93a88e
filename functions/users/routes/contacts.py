"""Routes that find people by contact."""

from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from quickcare import clock
from quickcare.errors import Conflict, NotFound
from quickcare.roles import Role
from quickcare.web.access import anyone, may, working
from quickcare.web.answers import also_answers
from quickcare.web.identity import CallerDep, SourceIpDep

from users import patient_lookup, registration
from users.parameters import ContactAsked
from users.schemas.contacts import ContactExists, PatientFound

router = APIGatewayRouter()


@router.get("/api/users/check")
@may(anyone)
def check_contact(contact: ContactAsked, source_ip: SourceIpDep) -> ContactExists:
    """Whether a contact is registered."""
    return ContactExists(exists=registration.is_registered(contact, source_ip, clock.now()))


@router.get("/api/users/patient/lookup")
@also_answers(NotFound, Conflict)
@may(working(Role.DOCTOR, Role.LAB_MEMBER))
def look_up_patient(contact: ContactAsked, caller: CallerDep) -> PatientFound:
    """Find a patient by contact, for doctors and lab members; the patient can read that they did."""
    return PatientFound.model_validate(patient_lookup.look_up(caller, contact, clock.now()))
