"""This documentation: the OpenAPI document, Swagger UI and Redoc."""
