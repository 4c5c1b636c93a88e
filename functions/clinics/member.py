"""A member of a clinic: a membership together with everything that its view shows."""

from typing import NamedTuple

from quickcare.clinic.staff import ACTIVE
from quickcare.db.items import Clinic, Membership, User
from quickcare.web.views import UserView

from clinics.schemas.members import AddedMember, MemberView

_NOTHING_PERSONAL = {"email": None, "age": 18, "gender": None, "blood_group": None, "avatar": None}


class Member(NamedTuple):
    """`is_new` says that the clinic never had this member before; `info` tells the owner what was sent to them."""

    membership: Membership
    user: User
    clinic: Clinic
    added_by: User | None
    is_new: bool = False
    info: str = ""

    def view(self) -> MemberView:
        """What the owner sees: nothing personal of people who do not work in the clinic yet, or no longer do."""
        shown = self.own_view()
        if self.membership.status != ACTIVE:
            shown.user = shown.user.model_copy(update=_NOTHING_PERSONAL)
        return AddedMember(**dict(shown), info=self.info) if self.info else shown

    def own_view(self) -> MemberView:
        """What the members themselves see."""
        computed = {"clinic", "clinic_name", "user", "added_by_name"}
        stored = {name: getattr(self.membership, name) for name in MemberView.model_fields if name not in computed}
        return MemberView(
            clinic=self.clinic.id,
            clinic_name=self.clinic.name,
            user=UserView.of(self.user),
            added_by_name=self.added_by.name if self.added_by else None,
            **stored,
        )
