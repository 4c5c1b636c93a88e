"""Shelves: the pointers from somebody to the documents that they own, uploaded or asked for."""

from quickcare.db.items import Document, ShelfEntry
from quickcare.roles import Role


def entry(document: Document, user_id: str) -> ShelfEntry:
    """The document's entry on this user's shelf. It expires together with an upload that is not finished."""
    return ShelfEntry.key(user_id, document.id, document.created_at).item(
        document_id=document.id,
        owner_id=document.owner_id,
        uploader_id=document.uploader_id,
        uploaded_by_role=document.uploaded_by_role,
        clinic_id=document.clinic_id,
        document_type=document.document_type,
        ttl=document.ttl,
    )


def first_entries(document: Document) -> list[ShelfEntry]:
    """The entries of a new document: on its owner's shelf, and on that of the lab member who uploaded it."""
    user_ids = {document.owner_id}
    if document.uploaded_by_role == Role.LAB_MEMBER.name.lower():
        user_ids.add(document.uploader_id)
    return [entry(document, user_id) for user_id in sorted(user_ids)]
