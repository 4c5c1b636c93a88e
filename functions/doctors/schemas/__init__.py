"""What `/api/doctors/` takes and answers."""
