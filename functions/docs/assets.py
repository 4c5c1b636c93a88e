"""The static files of the pages: our own in `static/`, those of Swagger UI and Redoc in the package that layers/docs
pins."""

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
# Redoc fetches a logo from its maker's server. With an empty address it shows none.
_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_NAMES = {*_THEIRS, "docs.css", "favicon.svg", "redoc.js", "swagger-ui.js"}


@cache
def read(name: str) -> tuple[str, str]:
    """The media type and the text of a file of the pages. Raises NotFound for any other name."""
    if name not in _NAMES:
        raise NotFound
    folder = _package() / _THEIRS[name] if name in _THEIRS else _OURS
    return _MEDIA_TYPES[Path(name).suffix], (folder / name).read_text("utf-8").replace(_LOGO, "data:,")


def _package() -> Path:
    # Importing the package would import Django, which is not deployed.
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(_PACKAGE)
    return Path(spec.origin).parent / "static" / _PACKAGE
