"""What `/api/documents/` takes and answers."""
