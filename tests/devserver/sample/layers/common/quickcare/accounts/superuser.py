"""The local server creates a superadmin at its start; this API has no accounts."""


def create(**_: object) -> bool:
    return False
