"""Routes of `/api/clinics/`; `app.py` names these modules."""
