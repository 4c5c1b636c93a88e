"""Routes of `/api/users/`; `app.py` names these modules."""
