"""What `/api/home/` answers (docs/contract.md: Answers of home)."""

from typing import Self

from quickcare.clinic.appointment_views import AppointmentView
from quickcare.documents.links import Links
from quickcare.documents.views import ConsentView, DocumentView
from quickcare.web.fields import View
from quickcare.web.views import UserView

from home.overview import Overview


class Home(View):
    """What somebody sees first."""

    user: UserView
    appointments: list[AppointmentView]
    consents: list[ConsentView]
    documents: list[DocumentView]

    @classmethod
    def of(cls, found: Overview, links: Links) -> Self:
        """The same views as the lists have; `links` open the documents' files."""
        return cls(
            user=UserView.of(found.user),
            appointments=AppointmentView.of_all(found.appointments),
            consents=[ConsentView.of(*details, links.now) for details in found.consents],
            documents=[
                DocumentView.of(
                    document,
                    found.user,
                    uploader,
                    links.to(document.id) if document.object_key else None,
                    found.user.id,
                )
                for document, uploader in found.documents
            ],
        )
