"""How long a test of chances tries: a while in `make test`, long where THOROUGH is set, as by `make proof`."""

import os

IS_THOROUGH = bool(os.environ.get("THOROUGH"))


def times(usual: int, thorough: int) -> int:
    return thorough if IS_THOROUGH else usual
