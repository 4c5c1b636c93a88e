"""Parameters of the paths and queries of `/api/users/`."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from quickcare.web.fields import Contact, NumberId

SessionId = Annotated[
    str, Path(pattern="^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
]
AddressId = Annotated[NumberId, Path(examples=[12])]
ContactAsked = Annotated[
    Contact, Query(description="A mobile number of 10 digits, the first one 6 to 9.", examples=[9876543210])
]
