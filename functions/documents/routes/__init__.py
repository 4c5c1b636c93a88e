"""Routes of `/api/documents/`; `app.py` names these modules."""
