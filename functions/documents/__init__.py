"""`/api/documents/`: uploads, consents, readings and the record of them."""
