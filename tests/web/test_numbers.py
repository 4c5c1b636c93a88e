"""Numbers that are none, or that nobody could write out, are a 400 wherever they come (docs/contract.md: Values)."""

import math
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError
from quickcare.web import written
from quickcare.web.fields import Body, Fee, NumberId, RoundedNumber, WholeNumber, Written

from tests.api import Api
from tests.people import People
from tests.practice import Practice

ENDLESS = ["NaN", "Infinity", "-Infinity", "sNaN", "1E-999999999", "1E999999999", "0E-999999999", "1e400", "-1e-400"]
WRITTEN = ["NaN", "Infinity", "-Infinity", "1e400", "-1E+999999999", "1E-999999999", "0.01e-999"]
PROFILE = "/api/users/me/medical-profile/"


class Form(Body):
    fee: Fee = Decimal(0)
    weight: Annotated[Decimal, Field(gt=0, lt=1000, decimal_places=2), Written] | None = None
    whole: WholeNumber = 0
    height: Annotated[RoundedNumber, Field(ge=1, le=300)] | None = None
    id: NumberId = 1


@pytest.mark.parametrize("field", Form.model_fields)
@pytest.mark.parametrize("value", [*ENDLESS, float("nan"), float("inf"), 1e300, 1e-300])
def test_a_field_takes_no_endless_number(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=field):
        Form.model_validate({field: value})


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1E-400", "0.001e-999", "1E999999999"])
def test_a_float_that_would_be_another_number_is_none(text: str) -> None:
    assert math.isnan(written.exact_float(text))


@pytest.mark.parametrize(
    ("text", "number"), [("0.0", 0), ("-0e5", 0), ("0E-999999999", 0), ("1.5e3", 1500), ("1e-9", 1e-9)]
)
def test_other_floats_are_read(text: str, number: float) -> None:
    assert written.exact_float(text) == number


@pytest.mark.parametrize("number", WRITTEN)
def test_one_in_a_body_is_an_error_of_its_field(api: Api, people: People, number: str) -> None:
    for field in ("weight_kg", "height_cm"):
        answer = api.put(PROFILE, token=people.alice.access, raw=f'{{"{field}": {number}}}')
        assert (answer.status, answer.fields) == (400, [field])


@pytest.mark.parametrize("number", ENDLESS)
def test_one_in_a_string_is_an_error_of_its_field(api: Api, people: People, number: str) -> None:
    for field in ("weight_kg", "height_cm"):
        assert api.put(PROFILE, {field: number}, people.alice.access).fields == [field]


@pytest.mark.parametrize("name", ["min_fee", "max_fee", "limit"])
@pytest.mark.parametrize("number", ENDLESS)
def test_one_in_a_query_is_an_error_of_its_parameter(api: Api, practice: Practice, name: str, number: str) -> None:
    answer = api.get(f"/api/doctors/?{name}={number}")
    assert (answer.status, answer.fields) == (400, [name])
