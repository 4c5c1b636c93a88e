"""`quickcare.accounts.passwords`: the rule and the hashes."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from quickcare.accounts import passwords
from quickcare.errors import Invalid

CONTACT = 9876500001


@pytest.mark.parametrize(
    "password",
    [
        "secret123",
        "NewSecurePass@123",
        "clinic in Pune 7",
        "123 45",
        "पासवर्ड",
        "🔑🔑🔑🔑🔑🔑",
        " spaces ",
        "x7x7x7",
        "x" * 128,
    ],
)
def test_good_passwords_pass(password: str) -> None:
    passwords.check_rule(password, CONTACT)
    assert passwords.verify(passwords.hash_password(password), password)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "at least 6"),
        ("x", "at least 6"),
        ("12345", "at least 6"),
        ("x" * 129, "no more than 128"),
        (str(CONTACT), "contact number"),
        ("123456", "too common"),
        ("password", "too common"),
        ("PassWord", "too common"),
        ("hanuman", "too common"),
        ("QuickCare", "too common"),
        ("clinic@123", "too common"),
        ("2026Doctor!", "too common"),
    ],
)
def test_bad_passwords_say_why(password: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refusal:
        passwords.check_rule(password, CONTACT)
    assert refusal.value.field == "password"


def test_the_common_ones_are_at_least_three_thousand_that_the_rule_would_take() -> None:
    assert len(passwords.common()) >= 3000  # ASVS 6.2.4
    assert all(word == word.lower() and len(word) >= passwords.SHORTEST for word in passwords.common())


def test_hashes_are_argon2id_as_owasp_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1))
    parameters = extract_parameters(passwords.hash_password("secret123"))
    assert (parameters.type.name, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (
        "ID",
        19 * 1024,
        2,
        1,
    )


def test_equal_passwords_have_different_hashes() -> None:
    assert passwords.hash_password("secret123") != passwords.hash_password("secret123")


@pytest.mark.parametrize("password_hash", [None, "", "plain", "$argon2id$broken"])
def test_no_password_matches_a_missing_or_broken_hash(password_hash: str | None) -> None:
    assert passwords.verify(password_hash, "secret123") is False


def test_temporary_passwords_can_be_read_and_typed() -> None:
    for password in {passwords.temporary() for _ in range(200)}:
        assert len(password) == 8
        assert password.isascii()
        assert password.isalnum()
        assert not set(password) & set("0O1lI")
        passwords.check_rule(password, CONTACT)
