"""Who may call a route, said where the route is.

@app.delete("/api/documents/<doc_id>")
@may(patient_of("document"))
def delete_document(...): ...

It is a declaration: it reads nothing and refuses nobody. The rule itself stays inside the load of the services, so that
no route can forget it, and `tests/test_who_may_call.py` proves that both say the same. The OpenAPI document and
template.yaml's `Authorizer: NONE` follow from it.
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
    """Some of the people who call. `words` follow "For" in the document."""

    words: str


anyone = Who("everybody, without a token")
holder_of_link = Who("the holder of a signed link, without a token")
"""Whoever the link was made for, while that person may still read the document and is logged in."""
logged_in = Who("everybody who is logged in")
former_patients = Who("members of staff who have been patients")
"""Staff keep what they had as patients (docs/contract.md: Staff)."""
invited_user = Who("the one who was invited")
doctor_with_consent = Who("doctors whom they granted consent")
lab_member_who_uploaded = Who("the lab member who uploaded it")
patient_of_clinic = Who("patients with an appointment in the clinic")


def working(*roles: Role) -> Who:
    """Those with an active membership in one of these roles; most routes want its clinic to be open, too."""
    return Who(f"{_listed(_PLURALS[role] for role in roles)} who work in a clinic")


def not_onboarded(*roles: Role) -> Who:
    """Those who have still to complete their profile; the others are told so, with a 400."""
    return Who(f"{_listed(_PLURALS[role] for role in roles)} who have not completed their profile")


def patient_of(thing: Literal["appointment", "consent", "document"]) -> Who:
    """The patient whose it is."""
    return Who(f"the patient whose {thing} it is")


def doctor_of(thing: Literal["appointment", "leave", "patient", "week"]) -> Who:
    """The doctor whose it is, with an active membership; a patient is theirs who has had an appointment with them."""
    return Who(f"{'doctors' if thing == 'patient' else 'the doctor'} whose {thing} it is")


def owner_of(thing: Literal["clinic", "address"]) -> Who:
    """The clinic's owner, or the one whose address it is."""
    return Who("the owner of the clinic" if thing == "clinic" else "the one whose address it is")


def may(*who: Who | Role) -> Callable[[Route], Route]:
    """Says that all of these may call the route, and nobody else. A role means everybody who has it.

    It stands below the route's own decorator, right above the function.
    """

    def mark(route: Route) -> Route:
        setattr(route, _DECLARED, who)
        return route

    return mark


def who_may(route: Callable[..., Any]) -> tuple[Who | Role, ...]:
    """What `may` said of a route; nothing where it was forgotten."""
    return tuple(getattr(route, _DECLARED, ()))


def needs_token(who: tuple[Who | Role, ...]) -> bool:
    """Whether the authorizer stands before a route of the API for these people."""
    return not {anyone, holder_of_link}.issuperset(who)


def in_words(who: tuple[Who | Role, ...]) -> str:
    """`For patients and for doctors who work in a clinic.`"""
    return f"For {_listed((_PLURALS[one] if isinstance(one, Role) else one.words for one in who), 'for ')}."


def _listed(words: Iterable[str], again: str = "") -> str:
    *most, last = words
    return f"{f', {again}'.join(most)} and {again}{last}" if most else last
