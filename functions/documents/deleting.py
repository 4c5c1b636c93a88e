"""Deleting documents, for everybody (invariant 11)."""

from datetime import datetime

from quickcare.accounts import account, quotas
from quickcare.db import table
from quickcare.db.items import Document, ShelfEntry, User
from quickcare.db.operations import Delete, Update, is_false
from quickcare.documents import counting
from quickcare.documents.rights import existing, not_read_after, withdraw
from quickcare.errors import Forbidden
from quickcare.web.identity import Caller

from documents import leftovers, storage


def delete(document_id: str, caller: Caller, now: datetime) -> None:
    """Delete the caller's document and its object: 1 read, 1 transaction.

    Raises NotFound (unknown, deleted), Forbidden (somebody else's), Unauthorized, Unavailable. When the request dies
    here, the object may stay for two minutes, until `leftovers` removes it.
    """
    document = withdraw(lambda unread: _mark_as_deleted(document_id, caller.user_id, now, unread=unread))
    storage.remove(document.object_key)


def _mark_as_deleted(document_id: str, user_id: str, now: datetime, *, unread: bool) -> Document:
    """Mark the document and take it off the shelves of its owner and its uploader.

    Raises Refused when it was deleted or its upload was checked meanwhile, or, with `unread`, when it was opened after
    the instant of the deletion.
    """
    found, user = table.fetch(Document.key(document_id), User.key(user_id))
    document = existing(found, now)
    if account.active(user).id != document.owner_id:
        raise Forbidden
    leftovers.remove_later(document_id)
    at = max(now, document.last_read_at or now)
    # The status must be the one that was read, because the object's key comes with it, and the caller removes that.
    condition = is_false(Document.is_deleted) & (Document.upload_status == document.upload_status)
    if unread:
        condition &= not_read_after(Document, at)
    marks = [Document.is_deleted.set(True), Document.deleted_at.set(at), Document.updated_at.set(at)]
    user_ids = sorted({document.owner_id, document.uploader_id})
    entries = {
        f"shelf{number}": Delete(ShelfEntry.key(each_id, document_id, document.created_at))
        for number, each_id in enumerate(user_ids)
    }
    room = quotas.given_back(document.owner_id, int(document.counted_bytes or 0))
    fewer = -1 if document.upload_status == "available" else 0
    counting.write(document, fewer, document=Update(Document.key(document_id), marks, condition), **entries, **room)
    return document
