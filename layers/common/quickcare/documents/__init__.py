"""Documents and consents, as several functions read and show them; who may open one is in `functions/documents/`."""
