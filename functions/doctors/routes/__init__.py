"""Routes of `/api/doctors/`; `app.py` names these modules."""
