"""What each layer ships, from uv.lock: `python -m scripts.layer_requirements`; `--check` only compares.

Each list is complete (pip would fill gaps with versions nobody has tested), so the layers overlap in a few
small packages, at the same versions.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {
    "admin": ["--only-group", "admin"],
    "common": ["--no-default-groups"],
    # Its static files are used, its code (a Django app) is not.
    "docs": ["--only-group", "docs", "--prune", "django"],
    "pdf": ["--only-group", "pdf"],
    "twilio": ["--only-group", "twilio"],
}
EXPORT = ["export", "--frozen", "--no-emit-project", "--quiet"]


def locked(layer: str, *options: str) -> str:
    """What uv.lock says about the packages of one layer."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    command = [uv, *EXPORT, *LAYERS[layer], *options]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603


def requirements(layer: str) -> str:
    """The pinned packages of one layer in the format of pip's requirements.

    Each has its hashes, so that pip takes only the files that were tried.
    """
    pins = locked(layer, "--no-annotate", "--no-header")
    return f"# From uv.lock by scripts/layer_requirements.py; do not edit.\n{pins}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a list is not the lock's")
    check = parser.parse_args().check
    news = "is not what uv.lock says; run `python -m scripts.layer_requirements`" if check else "written"
    stale = False
    for layer in LAYERS:
        path, wanted = ROOT / "layers" / layer / "requirements.txt", requirements(layer)
        if path.exists() and path.read_text("utf-8") == wanted:
            continue
        stale = True
        print(f"{path.relative_to(ROOT)} {news}")  # noqa: T201
        if not check:
            path.write_text(wanted, "utf-8")
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main())
