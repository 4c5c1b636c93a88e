"""What `/api/users/` takes and answers."""
