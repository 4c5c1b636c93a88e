"""Routes of `/api/appointments/`; `app.py` names these modules."""
