"""The decorator that says, at the route, who may call it.

@app.delete("/api/documents/<doc_id>")
@may(patient_of("document"))
def delete_document(...): ...

It only declares: it reads nothing and refuses nobody. The services check the right when they load things, so that no
route can forget it; `tests/test_who_may_call.py` proves that both say the same. The OpenAPI document, and a test of
`Authorizer: NONE` in template.yaml, use the declaration.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from quickcare.roles import Role

Route = TypeVar("Route", bound=Callable[..., Any])
_DECLARED = "__may__"
_PLURALS = {role: f"{role.name.lower().replace('_', ' ')}s" for role in Role}


@dataclass(frozen=True)
class Who:
    """A group of callers. In the OpenAPI document `words` follow "For"."""

    words: str


anyone = Who("everybody, without a token")
holder_of_link = Who("the holder of a signed link, without a token")
"""The person for whom the link was made, while they are logged in and may read the document."""
twilio = Who("Twilio, which signs what it sends")
exotel = Who("Exotel, which alone knows the address")
logged_in = Who("everybody who is logged in")
former_patients = Who("members of staff who have been patients")
"""Staff who were patients before keep what they had as patients (docs/contract.md: Staff)."""
without_place = Who("members of staff who work in no clinic")
"""They have a patient's rights, whatever role the account still shows (docs/contract.md: Staff)."""
member = Who("the one whose membership it is")
invited_user = Who("the one who was invited")
doctor_with_consent = Who("doctors whom they granted consent")
lab_member_who_uploaded = Who("the lab member who uploaded it")
patient_of_clinic = Who("patients with an appointment in the clinic")


def working(*roles: Role) -> Who:
    """People with an active membership in one of these roles. For most routes the clinic must also be open."""
    return Who(f"{_listed(_PLURALS[role] for role in roles)} who work in a clinic")


def not_onboarded(*roles: Role) -> Who:
    """People of these roles who have not completed their profile yet. The others get 400."""
    return Who(f"{_listed(_PLURALS[role] for role in roles)} who have not completed their profile")


def patient_of(thing: Literal["appointment", "consent", "document"]) -> Who:
    """The patient to whom the appointment, consent or document belongs."""
    return Who(f"the patient whose {thing} it is")


def doctor_of(thing: Literal["appointment", "leave", "patient", "week"]) -> Who:
    """The doctor, with an active membership, to whom it belongs.

    A patient belongs to the doctors with whom they had an appointment.
    """
    return Who(f"{'doctors' if thing == 'patient' else 'the doctor'} whose {thing} it is")


def owner_of(thing: Literal["clinic", "address", "session"]) -> Who:
    """The owner of the clinic, or the user whose address or session it is."""
    return Who("the owner of the clinic" if thing == "clinic" else f"the one whose {thing} it is")


def may(*who: Who | Role) -> Callable[[Route], Route]:
    """A decorator: these may call the route, and nobody else. A role means everybody who has it.

    It stands below Powertools' decorator of the route, directly above the function.
    """

    def mark(route: Route) -> Route:
        setattr(route, _DECLARED, who)
        return route

    return mark


def who_may(route: Callable[..., Any]) -> tuple[Who | Role, ...]:
    """What `may` declared for a route; nothing when the route has no `may`."""
    return tuple(getattr(route, _DECLARED, ()))


def needs_token(who: tuple[Who | Role, ...]) -> bool:
    """Whether a route that these may call has the authorizer."""
    return not {anyone, holder_of_link, twilio, exotel}.issuperset(who)


def in_words(who: tuple[Who | Role, ...]) -> str:
    """`For patients and for doctors who work in a clinic.`"""
    return f"For {_listed((_PLURALS[one] if isinstance(one, Role) else one.words for one in who), 'for ')}."


def _listed(words: Iterable[str], again: str = "") -> str:
    *most, last = words
    return f"{f', {again}'.join(most)} and {again}{last}" if most else last
