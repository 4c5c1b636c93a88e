"""What `/api/clinics/` takes and answers."""
