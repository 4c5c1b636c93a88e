"""quickcare.settings and the signing keys: what is not safe refuses to start."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from quickcare import aws
from quickcare.accounts import passwords, superuser, tokens
from quickcare.clock import now
from quickcare.errors import Invalid
from quickcare.settings import LOCAL_SUPERADMIN_PASSWORD, SettingsError, settings

from tests import bench


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A production stage that is safe."""
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.delenv("MASTER_OTP")
    settings.cache_clear()
    return monkeypatch


def test_safe_production_stage_starts(environment: pytest.MonkeyPatch) -> None:
    assert settings().stage.is_production


@pytest.mark.parametrize("stage", ["staging", "prod"])
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MASTER_OTP", "888888"),
        ("SUPERADMIN_PASSWORD", LOCAL_SUPERADMIN_PASSWORD),
        ("SMS_PROVIDER", "console"),
        ("ADDRESS_RATE_LIMITS", "off"),
    ],
)
def test_production_refuses_what_only_developers_may_have(
    environment: pytest.MonkeyPatch, stage: str, variable: str, value: str
) -> None:
    environment.setenv("STAGE", stage)
    environment.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STAGE", "production"),
        ("MASTER_OTP", "12345"),
        ("ACCESS_TOKEN_MINUTES", "0"),
        ("REFRESH_TOKEN_DAYS", "soon"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("PHONE_COUNTRY_CODE", "+91"),
        ("CODES_PER_ADDRESS", "0"),
        ("LOGINS_PER_ADDRESS", "9"),
        ("FAILED_CONTACTS_PER_ADDRESS", "501"),
        ("CHECKS_PER_ADDRESS", "-1"),
        ("REGISTRATIONS_PER_ADDRESS", "many"),
        # More than the count that contains it, so it would never be reached.
        ("CODES_PER_ADDRESS", "41"),
        ("FAILED_CONTACTS_PER_ADDRESS", "301"),
    ],
)
def test_nonsense_names_its_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        settings()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "America", "../UTC", "/etc/localtime", "leapseconds", "x" * 300, " "])
def test_what_is_no_zone_says_what_would_be_one(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TIME_ZONE", zone)
    with pytest.raises(SettingsError, match=r"TIME_ZONE: .*use a name such as Asia/Kolkata"):
        settings()


@pytest.mark.parametrize(
    "zone", ["", "Asia/Kolkata", "Europe/Berlin", "America/Argentina/Ushuaia", "Asia/Kathmandu", "UTC"]
)
def test_zones_are_known_where_the_machine_has_none(zone: str) -> None:
    # GIVEN a process that finds no zones of its machine
    environment = {**os.environ, "TIME_ZONE": zone, "PYTHONTZPATH": "", "PYTHONPATH": "layers/common"}
    show = "import zoneinfo; from quickcare.settings import settings; print(zoneinfo.TZPATH, settings().time_zone)"
    # WHEN it starts
    done = subprocess.run([sys.executable, "-c", show], env=environment, capture_output=True, text=True, check=True)
    # THEN the package that ships in the common layer has them
    assert done.stdout == f"() {zone or 'Asia/Kolkata'}\n"
    assert "\ntzdata==" in Path("layers/common/requirements.txt").read_text("utf-8")


def test_refusal_does_not_quote_the_value(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MASTER_OTP", "424242")
    with pytest.raises(SettingsError) as refusal:
        settings()
    assert "424242" not in str(refusal.value)


def test_empty_variable_counts_as_unset(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MASTER_OTP", "")
    assert settings().master_otp is None


@pytest.mark.parametrize("previous", [{}, {"0": "short"}])
def test_short_signing_key_refuses_to_start(moto: None, previous: dict[str, str]) -> None:
    bench.create_signing_keys(key="k" * (64 if previous else 31), previous=previous)
    with pytest.raises(SettingsError, match="shorter than 32 bytes"):
        tokens.load_keys()


@pytest.mark.parametrize("function", ["users.app", "authorizer.app"])
def test_functions_check_the_keys_when_they_start(moto: None, function: str) -> None:
    module = importlib.import_module(function)
    bench.create_signing_keys(key="k" * 31)
    aws._secrets.clear()
    with pytest.raises(SettingsError):
        importlib.reload(module)
    bench.create_signing_keys()
    aws._secrets.clear()
    importlib.reload(module)


def test_default_password_is_worthless_in_production(moto: None, environment: pytest.MonkeyPatch) -> None:
    assert passwords.is_default(LOCAL_SUPERADMIN_PASSWORD)
    with pytest.raises(Invalid):
        superuser.create(contact=9876500009, name="Root", password=LOCAL_SUPERADMIN_PASSWORD, now=now())
