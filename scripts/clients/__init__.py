"""Generates clients from the OpenAPI document, compiles them, and lets three of them use the local server."""
