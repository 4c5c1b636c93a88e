"""What forms leave empty, and words and numbers as the apps send them (docs/contract.md: Bodies, Values)."""

from typing import Any

import pytest
from documents.schemas.consents import ConsentAction
from documents.schemas.documents import NewDocument
from pydantic import ValidationError
from quickcare.web.fields import Body, GivenGender, Name, RoundedNumber, Text, WholeNumber


class Form(Body):
    title: Name
    name: Name = ""
    remark: Text | None = "old"
    age: WholeNumber = 18
    country: Name = "India"
    gender: GivenGender = None
    height_cm: RoundedNumber | None = None


@pytest.mark.parametrize("empty", ["", "  ", "\t"])
def test_empty_is_null_where_null_may_be_and_left_out_where_there_is_another_default(empty: str) -> None:
    form = Form.model_validate(
        {"title": "x", "remark": empty, "age": empty, "country": empty, "gender": empty, "height_cm": empty}
    )
    assert form.model_dump(exclude_unset=True) == {"title": "x", "remark": None, "gender": None, "height_cm": None}
    assert (form.age, form.country) == (18, "India")


@pytest.mark.parametrize("field", ["title", "name"])
def test_a_text_that_may_not_be_null_may_not_be_empty(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Form.model_validate({"title": "x", field: " "})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("male", "male"), ("others", "others"), ("other", "others"), ("prefer_not_to_say", None), (None, None)],
)
def test_genders(sent: str | None, kept: str | None) -> None:
    assert Form.model_validate({"title": "x", "gender": sent}).gender == kept


@pytest.mark.parametrize(
    ("sent", "kept"), [(175, 175), ("175.0", 175), (175.5, 176), ("174.49", 174), ("175", 175), (0.4, 0)]
)
def test_heights_are_rounded(sent: Any, kept: int) -> None:
    assert Form.model_validate({"title": "x", "height_cm": sent}).height_cm == kept


@pytest.mark.parametrize("sent", ["tall", True, "NaN", float("nan"), "1E999999", float("inf"), "Infinity", []])
def test_what_is_no_height(sent: Any) -> None:
    with pytest.raises(ValidationError, match="height_cm"):
        Form.model_validate({"title": "x", "height_cm": sent})


@pytest.mark.parametrize(("sent", "kept"), [("grant", "granted"), ("reject", "rejected"), ("revoked", "revoked")])
def test_consent_actions(sent: str, kept: str) -> None:
    assert ConsentAction.model_validate({"action": sent, "expires_at": ""}).action == kept


def test_imaging_is_a_scan() -> None:
    sent = {"title": "MRI", "document_type": "imaging", "file_name": "a.pdf", "file_size": 1, "appointment": ""}
    document = NewDocument.model_validate(sent)
    assert (document.document_type, document.appointment) == ("scan", None)
