"""functions/authorizer: which tokens are good, and what API Gateway gets as an answer."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from quickcare import aws, clock
from quickcare.accounts import liveness, tokens
from quickcare.db import table
from quickcare.db.items import Session, User
from quickcare.db.operations import Update

from tests import bench, faults
from tests.api import Api, authorize, invoke
from tests.bench import SIGNING_KEY
from tests.conftest import FakeClock
from tests.people import PASSWORD, People, log_in

OTHER_KEY = "o" * 64
Forge = Callable[..., str]
ARN = "arn:aws:execute-api:ap-south-1:123456789012:abcdef1234/prod/GET/api/users/me"


@pytest.fixture
def forge(people: People) -> Forge:
    """Makes Alice's access token with other claims (None drops a claim), another key, header or algorithm."""

    def make(key: str = SIGNING_KEY, algorithm: str = "HS256", kid: Any = "1", **claims: Any) -> str:
        good = jwt.decode(people.alice.access, options={"verify_signature": False})
        changed = {name: value for name, value in {**good, **claims}.items() if value is not None}
        return jwt.encode(changed, key, algorithm, headers={"kid": kid})

    return make


def ask(header: str | None) -> dict[str, Any]:
    event = {"type": "TOKEN", "methodArn": ARN} | ({} if header is None else {"authorizationToken": header})
    answer: dict[str, Any] = invoke("authorizer.app", event)
    return answer


def effect(answer: dict[str, Any]) -> str:
    (statement,) = answer["policyDocument"]["Statement"]
    return str(statement["Effect"])


def test_a_good_token_allows_the_whole_stage(people: People) -> None:
    answer = ask(f"Bearer {people.alice.access}")
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement == {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": "arn:aws:execute-api:ap-south-1:123456789012:abcdef1234/prod/*/*",
    }
    assert answer["principalId"] == answer["context"]["user_id"] == people.alice.id


def test_the_identity_is_user_and_session_and_no_right(people: People) -> None:
    identity = ask(f"Bearer {people.alice.access}")["context"]
    assert set(identity) == {"user_id", "session_id"}
    assert all(isinstance(value, str) for value in identity.values())


def test_the_scheme_may_be_written_in_any_case(people: People) -> None:
    for scheme in ("bearer", "BEARER", "bEARER"):
        assert ask(f"{scheme}  {people.alice.access} ")["principalId"] == people.alice.id


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer ..", "Bearer \ud800", "Basic YTpi", "x" * 9000],
)
def test_a_missing_or_malformed_header_is_401(moto: None, header: str | None) -> None:
    assert effect(ask(header)) == "Deny"


def test_a_token_without_the_scheme_is_401(people: People) -> None:
    assert effect(ask(people.alice.access)) == "Deny"


def test_a_refusal_covers_the_stage_names_nobody_and_is_no_error(
    people: People, forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    """API Gateway makes a 401 of it (`ACCESS_DENIED` in template.yaml) and keeps it as long as an Allow. What a
    function raises Lambda would log as an ERROR with a stack, and count among its errors."""
    answer = ask(f"Bearer {forge(OTHER_KEY)}")
    (statement,) = answer["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", f"{ARN.split('/')[0]}/prod/*/*")
    assert (answer["principalId"], answer["context"]) == ("nobody", {})
    levels = [json.loads(line)["level"] for line in capsys.readouterr().out.splitlines()]
    assert set(levels) <= {"INFO", "WARNING"}


def test_a_token_forged_without_a_change_is_good(forge: Forge) -> None:
    """Otherwise the next tests would prove nothing."""
    assert authorize(forge())


@pytest.mark.parametrize(
    "change",
    [
        {"key": OTHER_KEY},
        {"algorithm": "HS512"},
        {"kid": "2"},
        {"kid": ""},
        {"iss": "somebody"},
        {"iss": None},
        {"aud": "another-api"},
        {"aud": None},
        {"aud": ["quickcare-api", 7]},
        {"exp": 1},
        {"exp": None},
        {"exp": "2099-01-01"},
        {"exp": 1e300},
        {"exp": True},
        {"token_type": "refresh"},
        {"token_type": "cursor"},
        {"token_type": None},
        {"token_type": ["access"]},
        {"jti": None},
        {"iat": None},
        {"user_id": None},
        {"user_id": 7},
        {"user_id": "somebody else"},
        {"sid": None},
        {"sid": {"S": "x"}},
        {"sid": "another"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_wrong_claim_key_or_algorithm_is_401(forge: Forge, change: dict[str, Any]) -> None:
    assert authorize(forge(**change)) is None


def test_algorithm_none_is_401(people: People) -> None:
    payload = people.alice.access.split(".")[1]
    for algorithm in ("none", "None", "NONE"):
        header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "1", "typ": "JWT"}).encode()).decode()
        for signature in ("", "AAAA"):
            assert authorize(f"{header.rstrip('=')}.{payload}.{signature}") is None


@pytest.mark.parametrize(
    "header", [{"alg": "HS256"}, {"alg": "HS256", "kid": ["1"]}, {"kid": "1"}, [], "x", {"kid": {}}]
)
def test_a_token_with_a_malformed_header_is_401(people: People, header: Any) -> None:
    _, payload, signature = people.alice.access.split(".")
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    assert authorize(f"{encoded}.{payload}.{signature}") is None


def test_a_token_with_a_deeply_nested_header_is_401(people: People) -> None:
    deep = base64.urlsafe_b64encode(b'{"kid":"1","a":' + b"[" * 3000 + b"]" * 3000 + b"}").decode().rstrip("=")
    assert authorize(f"{deep}.e30.e30") is None


def test_a_refresh_token_is_401(api: Api, people: People) -> None:
    assert authorize(people.alice.refresh) is None


def test_a_token_expires_after_a_day(people: People, time: FakeClock) -> None:
    token = people.alice.access
    time.advance(hours=23, minutes=59, seconds=59)
    assert authorize(token)
    time.advance(seconds=1)
    assert authorize(token) is None


# Rotation


def test_tokens_of_the_previous_key_stay_good(people: People) -> None:
    token = people.alice.access
    bench.create_signing_keys("2", OTHER_KEY, previous={"1": SIGNING_KEY})
    aws._secrets.clear()
    assert authorize(token)


def test_a_process_reads_a_new_key_when_a_token_names_it(people: People, forge: Forge) -> None:
    # GIVEN a process that knows the old key, and a rotation of the keys
    assert authorize(people.alice.access)
    bench.create_signing_keys("2", OTHER_KEY, previous={"1": SIGNING_KEY})
    # WHEN / THEN
    assert authorize(forge(OTHER_KEY, kid="2"))
    assert authorize(people.alice.access)


def test_a_token_of_a_dropped_key_is_401(people: People) -> None:
    token = people.alice.access
    bench.create_signing_keys("2", OTHER_KEY)
    aws._secrets.clear()
    assert authorize(token) is None


def test_a_rotation_refuses_no_token(people: People, time: FakeClock) -> None:
    # GIVEN a process that has read the new key, and others that may not have read it yet
    old = people.alice.access
    kid = tokens.rotate(tokens.KeyRing.TOKENS, time.now)
    aws._secrets.clear()
    # WHEN / THEN it signs with the old key, and with the new one after all processes must have read it
    assert key_that_signs_now(people) == "1"
    time.advance(seconds=2 * aws.SECRET_SECONDS)
    assert key_that_signs_now(people) == kid
    assert authorize(old)


def key_that_signs_now(people: People) -> str:
    token = log_in(people.api, people.alice.contact)["access"]
    assert authorize(token)
    return str(jwt.get_unverified_header(token)["kid"])


def test_a_rotation_drops_keys_whose_tokens_have_all_expired(people: People, time: FakeClock) -> None:
    people.alice  # noqa: B018 - makes the account
    kids = []
    for _ in range(4):
        kids.append(tokens.rotate(tokens.KeyRing.TOKENS, time.now))
        time.advance(days=5)
    _, keys = tokens._keys(tokens.KeyRing.TOKENS, fresh=True)
    assert "1" not in keys
    assert set(kids[2:]) <= set(keys)


def test_tokens_with_unknown_keys_read_the_secret_once(people: People, forge: Forge) -> None:
    asked: list[str] = []
    secrets = aws.client("secretsmanager")
    assert authorize(people.alice.access)
    secrets.meta.events.register("before-call.secretsmanager", lambda model, **_: asked.append(model.name))
    for kid in range(100, 120):
        assert authorize(forge(kid=str(kid))) is None
    assert asked == ["GetSecretValue"]


def test_an_unknown_key_is_no_401_while_the_secret_cannot_be_read(people: People, forge: Forge) -> None:
    """Because clients throw their tokens away on a 401."""
    token = forge(OTHER_KEY, kid="2")
    with faults.failing("secretsmanager", "*"), pytest.raises(Exception, match="temporarily unavailable"):
        authorize(token)
    bench.create_signing_keys("2", OTHER_KEY, previous={"1": SIGNING_KEY})
    assert authorize(token)


# Revocation


def test_a_logout_ends_its_session_and_no_other(api: Api, people: People) -> None:
    other = log_in(api, people.alice.contact)
    api.post("/api/users/logout/", {"refresh": people.alice.refresh}, people.alice.access)
    assert authorize(people.alice.access) is None
    assert authorize(other["access"])


def test_a_password_change_ends_all_sessions_but_the_calling_one(api: Api, people: People) -> None:
    other = log_in(api, people.alice.contact)["access"]
    answer = api.put("/api/users/password/change/", {"password": "another horse 8"}, people.alice.access)
    assert authorize(other) is None
    assert authorize(people.alice.access)
    assert authorize(answer.json["access"])


def test_a_password_reset_ends_all_sessions_but_the_new_one(api: Api, people: People, time: FakeClock) -> None:
    old, contact = people.alice.access, people.alice.contact
    time.advance(seconds=30)
    api.post("/api/users/password/reset/", {"contact": contact})
    body = {"contact": contact, "otp": "888888", "password": PASSWORD}
    answer = api.post("/api/users/password/reset/confirm/", body)
    assert authorize(old) is None
    assert authorize(answer.json["access"])


def test_deactivating_an_account_ends_its_sessions(people: People) -> None:
    table.write(user=Update(User.key(people.alice.id), [User.is_active.set(False)]))
    assert authorize(people.alice.access) is None


def test_a_session_ends_when_its_refresh_token_expires(people: People, time: FakeClock, forge: Forge) -> None:
    far = int((time.now + timedelta(days=30)).timestamp())
    token = forge(exp=far)
    assert authorize(token)
    time.advance(days=7)
    assert authorize(token) is None


def test_a_failing_database_is_no_401(people: People) -> None:
    """The GatewayResponse AUTHORIZER_FAILURE makes it a 503."""
    token = people.alice.access
    with faults.failing("dynamodb", "*"), pytest.raises(Exception, match="BatchGetItem"):
        authorize(token)


def test_accounts_and_sessions_are_read_as_they_are_stored(people: People) -> None:
    user_id, session_id = liveness.of_access_token(people.alice.access, clock.now())
    user, session = liveness._read(user_id, session_id)
    stored_user, stored_session = table.fetch(User.key(user_id), Session.key(user_id, session_id))
    assert stored_user
    assert stored_session
    assert user == (stored_user.id, stored_user.is_active, stored_user.session_epoch)
    assert session == (stored_session.epoch, stored_session.expires_at)


def test_an_account_from_before_an_attribute_is_read_with_its_default() -> None:
    assert liveness._user({"id": {"S": "a"}}) == ("a", True, 0)
