"""A patient's way through the client that openapi-generator makes for Python."""

import os
import urllib.request
from datetime import date

from openapi_client import ApiClient, AppointmentsApi, Configuration, DoctorsApi, DocumentsApi, UsersApi
from openapi_client.models import BookAppointment, DocumentType, LoginRequest

PDF = open(os.environ["PDF"], "rb").read()  # noqa: SIM115
day = date.fromisoformat(os.environ["DAY"])
doctor = int(os.environ["DOCTOR"])

configuration = Configuration(host=os.environ["URL"])
with ApiClient(configuration) as client:
    login = LoginRequest(contact=int(os.environ["CONTACT"]), password=os.environ["PASSWORD"])
    configuration.access_token = UsersApi(client).log_in(login).access
    free = DoctorsApi(client).get_slots_of_day(doctor, day).available_slots
    booking = BookAppointment(doctor=doctor, appointment_date=day, appointment_time=free[0])
    appointment = AppointmentsApi(client).book_appointment(booking)
    assert appointment.status == "pending", appointment.status  # noqa: S101
    documents = DocumentsApi(client)
    # This generator would send JSON wherever an operation takes it.
    form = "multipart/form-data"
    made = documents.upload_document("CBC Report", DocumentType.LAB_REPORT, ("cbc.pdf", PDF), _content_type=form)
    read = documents.get_document(made.id)
    with urllib.request.urlopen(str(read.file)) as answer:  # noqa: S310
        assert answer.read() == PDF, "the file is another one"  # noqa: S101
print(f"booked {appointment.appointment_time}, read {read.title}")  # noqa: T201
