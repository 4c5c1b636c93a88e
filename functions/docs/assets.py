"""The static files of the pages: ours from `static/`, Swagger UI and Redoc from the package that layers/docs pins."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from quickcare.errors import NotFound

_OURS = Path(__file__).parent / "static"
_PACKAGE = "drf_spectacular_sidecar"
_THEIRS = {
    "swagger-ui.css": "swagger-ui-dist",
    "swagger-ui-bundle.js": "swagger-ui-dist",
    "redoc.standalone.js": "redoc/bundles",
}
# Redoc wants a logo from its maker's server; without one it shows none.
_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_NAMES = {*_THEIRS, "docs.css", "favicon.svg", "redoc.js", "swagger-ui.js"}


@cache
def read(name: str) -> tuple[str, str]:
    """Media type and text of a file. Raises NotFound for any name but the pages' own."""
    if name not in _NAMES:
        raise NotFound
    folder = _package() / _THEIRS[name] if name in _THEIRS else _OURS
    return _MEDIA_TYPES[Path(name).suffix], (folder / name).read_text("utf-8").replace(_LOGO, "data:,")


def _package() -> Path:
    # Importing it would import Django, which does not ship.
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(_PACKAGE)
    return Path(spec.origin).parent / "static" / _PACKAGE
