"""Each kind of token has the keys of its ring, and each function reads the rings that it has (decision 0020)."""

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
