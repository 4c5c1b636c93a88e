"""Parameters of the paths and queries of `/api/users/`."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from quickcare.web.fields import Contact, NumberId

AddressId = Annotated[NumberId, Path(examples=[12])]
ContactAsked = Annotated[
    Contact, Query(description="A mobile number of 10 digits, the first one 6 to 9.", examples=[9876543210])
]
