"""Routes of `/admin/`; `app.py` names these modules."""
