"""The TOKEN authorizer of the API."""
