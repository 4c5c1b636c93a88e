"""A package from npm, fetched once into .cache/ and checked against the digest that was pinned with its version."""

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

CACHE = Path(__file__).resolve().parents[1] / ".cache"


def fetch(name: str, package: str, integrity: str) -> Path:
    """The folder of a package, such as `mermaid@11.12.1`, which stays at `.cache/<name>`.

    Raises RuntimeError for a package that is not what was pinned. Several processes may ask at once.
    """
    home = CACHE / name
    if home.exists():
        return home
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        command = ["npm", "pack", "--silent", package]
        subprocess.run(command, cwd=scratch, check=True, capture_output=True)  # noqa: S603
        (archive,) = Path(scratch).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != integrity:
            raise RuntimeError(f"{package} is not what it was when it was pinned: sha512-{digest}")
        with tarfile.open(archive) as tar:
            # Python 3.11.0 to 3.11.3 has no filters; what is in the archive was pinned.
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            tar.extractall(scratch)  # noqa: S202
        try:
            (Path(scratch) / "package").rename(home)
        except OSError:  # somebody was faster
            if not home.exists():
                raise
    return home
