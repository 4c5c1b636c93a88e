"""Data as it was written before appointments kept their length: what is in the table then."""

from typing import Any

from quickcare import aws
from quickcare.settings import settings

from tests import faults


def go_back() -> None:
    """Make all live appointments in the table as the code of then left them.

    An appointment had no `duration_minutes`, a ledger no `minutes`. There was no calendar of a patient; a live
    appointment claimed its patient's date and time with an item of its own.
    """
    for item in faults.items():
        kind = item.get("kind")
        if kind == "Appointment":
            _remove(item, "duration_minutes")
            _claim_hour(item)
        elif kind == "DayLedger":
            _remove(item, "minutes")
        elif kind == "PatientCalendar":
            aws.client("dynamodb").delete_item(TableName=settings().table_name, Key=_key(item["pk"], item["sk"]))


def _claim_hour(appointment: dict[str, Any]) -> None:
    if appointment["status"] not in ("pending", "confirmed"):
        return
    key = _key(
        f"USER#{appointment['patient_id']}", f"AT#{appointment['appointment_date']}T{appointment['appointment_time']}"
    )
    hour = {**key, "kind": {"S": "PatientHour"}, "appointment_id": {"N": str(appointment["id"])}}
    aws.client("dynamodb").put_item(TableName=settings().table_name, Item=hour)


def _remove(item: dict[str, Any], attribute: str) -> None:
    aws.client("dynamodb").update_item(
        TableName=settings().table_name,
        Key=_key(item["pk"], item["sk"]),
        UpdateExpression="REMOVE #attribute",
        ExpressionAttributeNames={"#attribute": attribute},
    )


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}
