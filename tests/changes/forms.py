"""Uploads as forms, which put the file into the bucket within the request."""

from collections.abc import Callable
from typing import Any

from quickcare import aws

from tests.changes.scene import Change, Scene
from tests.documents.filing import Filing
from tests.town import person_of


def form_of(name: str, **headers: str) -> Change:
    """A form that somebody of the town sends: a patient for themselves, staff for that patient."""

    def prepare(scene: Scene) -> Callable[[], int]:
        people = scene.town.here.people
        who, patient = people[name], people["patient"]
        # The authorizer is not asked again.
        sent: dict[str, Any] = {"identity": who.identity, **({} if who is patient else {"patient_id": patient.id})}
        sent["headers"] = headers

        def request() -> int:
            aws._secrets.clear()
            return Filing(scene.api).send_form(person_of(who), **sent).status

        return request

    return Change(f"POST /api/documents as a form of the {name}", prepare, is_prepared=False)


ALL = [form_of("patient"), form_of("lab_member", **{"Idempotency-Key": "k"})]
