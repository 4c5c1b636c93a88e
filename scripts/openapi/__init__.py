"""The OpenAPI document, merged from all functions' own routes: `make schema` writes it, `make check` compares it."""
