"""Each kind of token has the keys of its ring, and each function reads the rings that it has (decision 0020)."""

import base64
from datetime import timedelta

import jwt
import pytest
from quickcare import aws
from quickcare.accounts import tokens
from quickcare.accounts.tokens import KeyRing, TokenType
from quickcare.errors import Unauthorized
from quickcare.settings import settings

from tests.bench import LINK_KEY, PANEL_KEY, SIGNING_KEY
from tests.conftest import FakeClock

KEYS = {KeyRing.TOKENS: SIGNING_KEY, KeyRing.LINKS: LINK_KEY, KeyRing.PANEL: PANEL_KEY}


@pytest.mark.parametrize("kind", TokenType)
def test_no_other_rings_key_signs_a_token(moto: None, time: FakeClock, kind: TokenType) -> None:
    claims = jwt.decode(
        tokens.sign(kind, now=time.now, lifetime=timedelta(hours=1)), options={"verify_signature": False}
    )
    signed = {ring: jwt.encode(claims, key, tokens.ALGORITHM, headers={"kid": "1"}) for ring, key in KEYS.items()}
    assert tokens.read(signed.pop(kind.ring), kind, now=time.now) == claims
    for forged in signed.values():
        with pytest.raises(Unauthorized):
            tokens.read(forged, kind, now=time.now)


def _part(header: str) -> str:
    return base64.urlsafe_b64encode(header.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "header",
    [
        *("", "=", "é", "x", _part("no JSON"), _part('"1"'), _part("[1]"), _part("{}"), _part("[" * 100_000)),
        *(_part(f'{{"kid": {kid}, "alg": "HS256"}}') for kid in ("null", "1", '["1"]', "{}", '"2"', '"\\ud800"')),
        *(_part(f'{{"kid": "1", "alg": {alg}}}') for alg in ('"none"', '"HS512"', '"RS256"', "null", '["HS256"]')),
        _part('{"kid": "1"}'),
    ],
)
def test_what_is_no_token_of_ours_is_refused(moto: None, time: FakeClock, header: str) -> None:
    _, claims, signature = tokens.sign(TokenType.ACCESS, now=time.now, lifetime=timedelta(hours=1)).split(".")
    for token in (header, f"{header}.{claims}", f"{header}.{claims}.{signature}", f"{header}.."):
        with pytest.raises(Unauthorized):
            tokens.read(token, TokenType.ACCESS, now=time.now)


def test_a_key_is_prepared_once(moto: None, time: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = list[object]()
    monkeypatch.setattr("jwt.algorithms.is_pem_format", prepared.append)
    monkeypatch.setitem(aws._secrets, "link-keys", (float("inf"), {"kid": "1", "key": "only for this test" * 3}))
    sign = tokens.signer(TokenType.FILE, now=time.now, lifetime=timedelta(hours=1))
    signed = {sign(document_id="d"), sign(document_id="d")}
    assert len(signed) == 2  # each has an id of its own
    assert {tokens.read(one, TokenType.FILE, now=time.now)["document_id"] for one in signed} == {"d"}
    assert len(prepared) == 1


def test_a_function_reads_only_the_rings_that_it_has(moto: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SIGNING_KEYS_SECRET", "PANEL_KEYS_SECRET"):
        monkeypatch.delenv(name)
    settings.cache_clear()
    tokens.load_keys()
    assert list(aws._secrets) == ["link-keys"]


def test_a_rotation_of_one_ring_leaves_the_others(moto: None, time: FakeClock) -> None:
    before = {ring: tokens._keys(ring) for ring in KeyRing}
    kid = tokens.rotate(KeyRing.PANEL, time.now)
    assert kid in tokens._keys(KeyRing.PANEL, fresh=True)[1]
    for ring in (KeyRing.TOKENS, KeyRing.LINKS):
        assert tokens._keys(ring, fresh=True) == before[ring]
