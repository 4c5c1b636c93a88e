"""The bucket. Clients upload to `uploads/`, where objects expire. Checked bytes are stored under `documents/`, where no
client can write. Keys hold ids only."""

import hashlib
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError
from quickcare import aws
from quickcare.observability import count, logger
from quickcare.settings import settings

from documents.pdf import LARGEST

UPLOADS = "uploads/"
UPLOAD_SECONDS = 15 * 60
# A page keeps the URL that the detail answers; a link's redirect is followed at once.
PAGE_SECONDS, REDIRECT_SECONDS = 60 * 60, 60
_PDF = "application/pdf"


def upload_target(document_id: str) -> dict[str, Any]:
    """A presigned POST: S3 takes one key, one content type, and 1 byte to 5 MiB. Signed here, without a call."""
    post = aws.client("s3").generate_presigned_post(
        settings().documents_bucket,
        f"{UPLOADS}{document_id}",
        Fields={"Content-Type": _PDF},
        Conditions=[{"Content-Type": _PDF}, ["content-length-range", 1, LARGEST]],
        ExpiresIn=UPLOAD_SECONDS,
    )
    return {**post, "expires_in": UPLOAD_SECONDS}


def download_url(object_key: str, file_name: str, seconds: int) -> str:
    """A presigned GET, good for so many seconds, that saves under `file_name`. Signed here, without a call."""
    wanted = {
        "Bucket": settings().documents_bucket,
        "Key": object_key,
        "ResponseContentType": _PDF,
        "ResponseContentDisposition": _disposition(file_name),
    }
    url: str = aws.client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)
    return url


def store(document_id: str, content: bytes) -> str:
    """Store checked bytes; returns their key. The same bytes of a document always have the same key."""
    key = f"{_folder(document_id)}{hashlib.sha256(content).hexdigest()[:32]}"
    aws.client("s3").put_object(Bucket=settings().documents_bucket, Key=key, Body=content, ContentType=_PDF)
    return key


def read_upload(key: str, version: str | None) -> bytes | None:
    """The uploaded bytes, at most 5 MiB and one byte more; None when the object is gone."""
    try:
        answer = aws.client("s3").get_object(Bucket=settings().documents_bucket, Key=key, **_version(version))
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion", "404"):
            return None
        raise
    with answer["Body"] as body:
        content: bytes = body.read(LARGEST + 1)
    return content


def remove_upload(key: str, version: str | None) -> None:
    """Remove this version of an uploaded object for good."""
    aws.client("s3").delete_object(Bucket=settings().documents_bucket, Key=key, **_version(version))


def remove(object_key: str | None) -> None:
    """Remove an object, so that no URL that was made for it works; operators can bring a version back for 30 days.

    Never raises: the document is deleted already, and the upload check will remove the object (see `leftovers`).
    """
    if object_key is None:
        return
    try:
        aws.client("s3").delete_object(Bucket=settings().documents_bucket, Key=object_key)
    except (BotoCoreError, ClientError) as error:
        logger.error("an object was not removed", object_key=object_key, error=type(error).__name__)
        count("ObjectNotRemoved")


def remove_all_but(object_key: str | None, document_id: str) -> None:
    """Remove all stored objects of a document but the one under `object_key`. Raises botocore's exceptions."""
    s3, bucket = aws.client("s3"), settings().documents_bucket
    # One answer of S3 has them all: each is a file that was sent while one upload form was good, and few are.
    found = s3.list_objects_v2(Bucket=bucket, Prefix=_folder(document_id)).get("Contents", [])
    for key in (one["Key"] for one in found if one["Key"] != object_key):
        s3.delete_object(Bucket=bucket, Key=key)


def _folder(document_id: str) -> str:
    return f"documents/{document_id}/"


def _version(version: str | None) -> dict[str, str]:
    return {"VersionId": version} if version else {}


def _disposition(file_name: str) -> str:
    """The Content-Disposition header that shows the file in the page, where the site has a frame for it, and
    saves under this name (RFC 6266), with an ASCII name for old clients."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ()") else "_" for c in file_name)
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
