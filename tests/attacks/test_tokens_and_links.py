"""Tokens that are not good, or good for something else."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import jwt

from tests.attacks.people import DOCUMENTS, Panel, Somebody, register
from tests.devserver.conftest import Server

ME, REFRESH, VERIFY = "/api/users/me/", "/api/users/token/refresh/", "/api/users/token/verify/"
HMAC_KEY = "k" * 64


def with_token(who: Somebody, token: str, path: str = ME) -> int:
    return who.client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def claims_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a token, as anybody can read them."""
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def token_in(link: str) -> str:
    return parse_qs(urlsplit(link).query)["t"][0]


def link_key(server: Server) -> dict[str, str]:
    """The keys that sign links, as only the server should know them: to make what time would make."""
    known = json.loads((server.data / "environment.json").read_text("utf-8"))
    secrets = boto3.Session(known["AWS_ACCESS_KEY_ID"], known["AWS_SECRET_ACCESS_KEY"]).client(
        "secretsmanager", endpoint_url=known["AWS_ENDPOINT_URL"], region_name=known["AWS_REGION"]
    )
    kept: dict[str, str] = json.loads(secrets.get_secret_value(SecretId=known["LINK_KEYS_SECRET"])["SecretString"])
    return kept


def test_forged_tokens(bystander: Somebody) -> None:
    header, claims = claims_of(bystander.tokens["access"])
    kid = {"kid": header["kid"]}
    signature = bystander.tokens["access"].rpartition(".")[2]
    unsigned = jwt.encode(claims, "", "none", headers=kid)
    forged = [
        unsigned,
        unsigned + signature,
        jwt.encode(claims, HMAC_KEY, "HS256", headers=kid),
        jwt.encode(claims, HMAC_KEY, "HS512", headers=kid),
        jwt.encode(claims, HMAC_KEY, "HS256"),
        jwt.encode(claims, HMAC_KEY, "HS256", headers={"kid": "../../../dev/null"}),
        jwt.encode(claims, HMAC_KEY, "HS256", headers={**kid, "jku": "http://127.0.0.1/keys", "jwk": {"k": "a"}}),
        bystander.tokens["access"][:-4] + "AAAA",
        bystander.tokens["access"].swapcase(),
        "null",
        ".".join(["e30"] * 3),
    ]
    assert [with_token(bystander, token) for token in forged] == [401] * len(forged)
    assert {bystander.client.post(VERIFY, json={"token": token}).status_code for token in forged} == {401}
    assert len(bystander.seen("event=token", "outcome=forged")) >= len(forged)
    assert with_token(bystander, bystander.tokens["access"]) == 200


def test_tokens_of_another_kind(victim: Somebody, panel: Panel) -> None:
    victim.file()
    cookie = panel.client.cookies["quickcare_admin"]
    file = token_in(victim.read(DOCUMENTS)[0]["file"])
    victim.file()
    cursor = parse_qs(urlsplit(victim.get(f"{DOCUMENTS}?limit=1").links["next"]["url"]).query)["cursor"][0]
    others = [victim.tokens["refresh"], cookie, file, cursor]
    assert [with_token(victim, token) for token in others] == [401] * 4
    # An access token, a cookie, a link and a cursor refresh nothing.
    for token in (victim.tokens["access"], cookie, file, cursor):
        assert victim.client.post(REFRESH, json={"refresh": token}).status_code == 401
    # None of them opens a file or the panel.
    path = urlsplit(victim.read(DOCUMENTS)[0]["file"]).path
    for token in (victim.tokens["access"], victim.tokens["refresh"], cookie, cursor):
        assert victim.client.get(path, params={"t": token}).status_code == 401
    for token in (victim.tokens["access"], victim.tokens["refresh"], file, cursor):
        answer = victim.client.get("/admin/users", headers={"Cookie": f"quickcare_admin={token}"})
        assert (answer.status_code, "login" in answer.headers.get("location", "")) == (303, True)


def test_cursors_of_another_caller_list_and_filter(server: Server, victim: Somebody) -> None:
    attacker = register(server, "Mala Das")
    for _ in range(2):
        victim.file()
    url = urlsplit(victim.get(f"{DOCUMENTS}?limit=1").links["next"]["url"])
    cursor = parse_qs(url.query)["cursor"][0]
    header, claims = claims_of(cursor)
    forged = jwt.encode(claims, HMAC_KEY, "HS256", headers={"kid": header["kid"]})
    refused = [
        attacker.get(DOCUMENTS, params={"limit": "1", "cursor": cursor}),
        attacker.get("/api/appointments/my/", params={"limit": "1", "cursor": cursor}),
        victim.get(f"{DOCUMENTS}access-log/", params={"limit": "1", "cursor": cursor}),
        victim.get(DOCUMENTS, params={"limit": "1", "cursor": cursor, "document_type": "scan"}),
        victim.get(DOCUMENTS, params={"limit": "1", "cursor": forged}),
    ]
    assert [answer.status_code for answer in refused] == [400] * 5
    assert victim.get(DOCUMENTS, params={"limit": "1", "cursor": cursor}).status_code == 200


def test_a_link_after_it_expired(server: Server, victim: Somebody) -> None:
    victim.file()
    link = victim.read(DOCUMENTS)[0]["file"]
    header, claims = claims_of(token_in(link))
    keys = link_key(server)
    assert header["kid"] == keys["kid"]
    for minutes, status in ((1, 302), (-1, 401)):
        end = int((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp())
        token = jwt.encode({**claims, "exp": end}, keys["key"], "HS256", headers={"kid": keys["kid"]})
        assert victim.client.get(urlsplit(link).path, params={"t": token}).status_code == status


def test_a_link_for_another_document_and_after_a_logout(server: Server, victim: Somebody) -> None:
    attacker = register(server, "Mala Das")
    theirs, own = victim.file(), attacker.file()
    token = token_in(attacker.read(DOCUMENTS)[0]["file"])
    for path in (f"{DOCUMENTS}{theirs}/file/", f"{DOCUMENTS}{theirs.upper()}/file/"):
        assert attacker.client.get(path, params={"t": token}).status_code == 401
    link = f"{DOCUMENTS}{own}/file/"
    assert attacker.client.get(link, params={"t": token}).status_code == 302
    assert attacker.post("/api/users/logout/", {"refresh": attacker.tokens["refresh"]}).status_code == 200
    assert attacker.client.get(link, params={"t": token}).status_code == 401
    assert attacker.client.post(REFRESH, json={"refresh": attacker.tokens["refresh"]}).status_code == 401
