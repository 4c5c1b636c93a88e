"""What an account has used of its quotas."""

from pynamodb.attributes import NumberAttribute

from quickcare.db import keys
from quickcare.db.item import Item, Key


class QuotaCount(Item, discriminator="QuotaCount"):
    """How much of one quota an account has used. DynamoDB adds, so that requests at a time do not refuse each other.

    It has a partition of its own, so that whoever counts needs no right on the account.
    """

    used = NumberAttribute(default=0)

    @staticmethod
    def of_uploads(user_id: str, hour: int, *, is_staff: bool) -> Key["QuotaCount"]:
        return Key(QuotaCount, keys.quota(user_id), f"{'FILED' if is_staff else 'UPLOADS'}#{hour}")

    @staticmethod
    def of_bytes(patient_id: str) -> Key["QuotaCount"]:
        return Key(QuotaCount, keys.quota(patient_id), "BYTES")

    @staticmethod
    def of_addresses(user_id: str) -> Key["QuotaCount"]:
        return Key(QuotaCount, keys.quota(user_id), "ADDRESSES")

    @staticmethod
    def of_questions(doctor_user_id: str, document_id: str, day: str) -> Key["QuotaCount"]:
        return Key(QuotaCount, keys.quota(doctor_user_id), f"QUESTION#{document_id}#{day}")


class DayCounts(Item, discriminator="DayCounts"):
    """A part of the counts of one day (YYYY-MM-DD, in the clinics' time zone): `quickcare.tally` sums up all parts."""

    booked = NumberAttribute(null=True)
    completed = NumberAttribute(null=True)
    no_show = NumberAttribute(null=True)
    cancelled = NumberAttribute(null=True)
    registered = NumberAttribute(null=True)
    codes = NumberAttribute(null=True)
    codes_to_nobody = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)

    @staticmethod
    def key(day: str, shard: int) -> Key["DayCounts"]:
        return Key(DayCounts, keys.tally(day, shard), keys.TALLY)
