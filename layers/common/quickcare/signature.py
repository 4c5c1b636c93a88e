"""AWS's signature (version 4) of a POST, without botocore's request objects around it.

`tests/db/test_wire.py` compares it with botocore's.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any


def signed(
    headers: Mapping[str, str], body: bytes, credentials: Any, region: str, service: str, now: datetime
) -> dict[str, str]:
    """The headers of a POST to `/`, with those that sign them. Their names are in lower case; `host` is one of them."""
    time = f"{now:%Y%m%dT%H%M%SZ}"
    complete = {**headers, "x-amz-date": time}
    if credentials.token:
        complete["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(complete))
    lines = "".join(f"{name}:{complete[name]}\n" for name in sorted(complete))
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{time[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = _mac(_key(credentials.secret_key, scope), text).hex()
    credential = f"{credentials.access_key}/{scope}"
    complete["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    )
    return complete


@lru_cache(maxsize=8)
def _key(secret: str, scope: str) -> bytes:
    """The key of a day, which is made of the secret key in four steps."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
