"""The settings: the environment's variables, read once when the process starts, and checked."""

import os
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

LOCAL_SUPERADMIN_PASSWORD = "admin@123"  # noqa: S105 - well known, refused outside local and dev


_LONGEST_LINK_BASE = 72  # what the SMS with the least room have for the address of a link


class SettingsError(Exception):
    """A variable is missing, wrong or not safe in this stage. The process must not start."""


class Stage(StrEnum):
    """Where this process runs."""

    LOCAL = "local"
    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"

    @property
    def is_production(self) -> bool:
        """Whether data of real people is there. Then no master code, default password or printed code is allowed."""
        return self in (Stage.STAGING, Stage.PROD)


def _known_zone(name: Any) -> Any:
    """The zone with this name, from the machine's data or else from the package tzdata, which ships with us."""
    try:
        return ZoneInfo(name) if isinstance(name, str) else name
    # ValueError: it cannot be a name. KeyError: there is no such file. OSError: it is a folder, such as America.
    except (ValueError, KeyError, OSError):
        raise ValueError("is no zone of the IANA database; use a name such as Asia/Kolkata") from None


class Settings(BaseModel):
    """One field for each variable (docs/architecture.md says what they mean). An empty variable counts as missing."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=str.upper)

    stage: Stage
    commit: str = ""
    table_name: str = ""
    signing_keys_secret: str = ""
    link_keys_secret: str = ""
    panel_keys_secret: str = ""
    log_key_secret: str = ""
    sms_topic_arn: str = ""
    sms_queue_url: str = ""
    sms_dead_letters_url: str = ""
    leftovers_queue_url: str = ""
    tries: int | None = Field(None, ge=1)
    sms_provider: str = Field("twilio", pattern="^(twilio|exotel|sns|console)$")
    twilio_secret: str = ""
    exotel_secret: str = ""
    dlt_secret: str = ""
    sms_inbox: str = ""
    public_url: str = Field("", max_length=80, pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._-]+)*)?$")
    link_url: str = Field("", max_length=72, pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._-]+)*)?$")
    documents_bucket: str = ""
    records_bucket: str = ""
    access_token_minutes: int = Field(24 * 60, ge=1, le=24 * 60)
    refresh_token_days: int = Field(7, ge=1, le=90)
    cors_origin: str = "*"
    time_zone: Annotated[ZoneInfo, BeforeValidator(_known_zone)] = ZoneInfo("Asia/Kolkata")
    phone_country_code: str = Field("91", pattern="^[1-9][0-9]{0,2}$")
    phone_pattern: str = "[6-9][0-9]{9}"
    master_otp: str | None = Field(None, pattern="^[0-9]{6}$")
    superadmin_password: str | None = None
    address_rate_limits: bool = True
    codes_per_address: int = Field(20, ge=5, le=1000)
    logins_per_address: int = Field(300, ge=10, le=100_000)
    failed_contacts_per_address: int = Field(30, ge=5, le=500)
    checks_per_address: int = Field(40, ge=5, le=10_000)
    registrations_per_address: int = Field(40, ge=5, le=10_000)
    uploads_per_patient: int = Field(20, ge=1, le=10_000)
    uploads_per_staff: int = Field(300, ge=1, le=10_000)
    megabytes_per_patient: int = Field(500, ge=6, le=1_000_000)
    addresses_per_user: int = Field(10, ge=1, le=1000)
    clinics_per_owner: int = Field(10, ge=1, le=1000)
    question_changes_per_day: int = Field(3, ge=1, le=100)
    max_live_appointments: int = Field(20, ge=1)
    max_appointments_per_doctor_day: int = Field(4, ge=1)
    require_verification: bool | None = None

    @property
    def verification_is_required(self) -> bool:
        """Whether clinics and doctors need an administrator's verification: unless said, where real people are."""
        return self.stage.is_production if self.require_verification is None else self.require_verification

    @property
    def link_base(self) -> str:
        """Where links in SMS lead, as far as a variable says it: LINK_URL, else PUBLIC_URL."""
        return self.link_url or self.public_url

    @model_validator(mode="after")
    def _safe_for_stage(self) -> "Settings":
        if self.stage.is_production:
            for name in ("master_otp", "superadmin_password"):
                if getattr(self, name):
                    raise ValueError(f"{name.upper()} must not exist in stage {self.stage}; remove it")
            if self.sms_provider == "console":
                raise ValueError(
                    f"SMS_PROVIDER=console would print codes in stage {self.stage}; use twilio, exotel or sns"
                )
        if self.dlt_secret and not self.link_base:
            raise ValueError("DLT_SECRET needs PUBLIC_URL or LINK_URL: links in registered texts lead to one address")
        if len(self.link_base) > _LONGEST_LINK_BASE:
            raise ValueError(f"a PUBLIC_URL of more than {_LONGEST_LINK_BASE} characters needs a shorter LINK_URL")
        for fewer, more in (
            ("failed_contacts_per_address", "logins_per_address"),
            ("codes_per_address", "registrations_per_address"),
        ):
            if getattr(self, fewer) > getattr(self, more):
                raise ValueError(f"{fewer.upper()} must not be more than {more.upper()}: it would never be reached")
        if self.stage is not Stage.LOCAL and not self.address_rate_limits:
            raise ValueError("ADDRESS_RATE_LIMITS=off is for stage local only; remove it")
        return self


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Raises SettingsError, which names each wrong variable and what is wrong."""
    try:
        return Settings.model_validate({name: value for name, value in os.environ.items() if value})
    except ValidationError as error:
        problems = (
            f"{'.'.join(map(str, e['loc'])) or 'environment'}: {e['msg']}" for e in error.errors(include_input=False)
        )
        raise SettingsError("QuickCare refuses to start. " + "; ".join(problems)) from None
