"""`/api/appointments/`: booking, lists, status, the clinic's day."""
