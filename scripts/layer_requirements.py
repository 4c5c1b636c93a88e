"""Write what each layer ships from uv.lock: `python -m scripts.layer_requirements`, with `--check` only compare.

Each list is complete (pip would fill gaps with versions nobody has tested), so the layers overlap in a few small
packages, at the same versions.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {"common": ["--no-default-groups"], "twilio": ["--only-group", "twilio"]}


def requirements(selection: list[str]) -> str:
    """The pinned packages of one layer, as pip reads them."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    export = [uv, "export", "--frozen", "--no-emit-project", "--no-hashes", "--no-annotate", "--no-header", "--quiet"]
    locked = subprocess.run([*export, *selection], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    return f"# From uv.lock by scripts/layer_requirements.py; do not edit.\n{locked.stdout}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a list is not the lock's")
    check = parser.parse_args().check
    stale = []
    for layer, selection in LAYERS.items():
        path, wanted = ROOT / "layers" / layer / "requirements.txt", requirements(selection)
        if path.exists() and path.read_text("utf-8") == wanted:
            continue
        stale.append(path.relative_to(ROOT))
        if not check:
            path.write_text(wanted, "utf-8")
    for path in stale:
        print(f"{path} {'is not what uv.lock says: run `python -m scripts.layer_requirements`' if check else 'written'}")  # noqa: T201
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
