"""`/api/documents/`: uploading, opening and deleting documents, consents, and the access log."""
