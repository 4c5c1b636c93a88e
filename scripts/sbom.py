"""Write what each layer ships as a list that scanners read (CycloneDX 1.5): `python -m scripts.sbom [FOLDER]`."""

import sys
from pathlib import Path

from scripts.layer_requirements import LAYERS, ROOT, locked

FOLDER = ROOT / ".aws-sam" / "sbom"


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for layer in LAYERS:
        (folder / f"{layer}.cdx.json").write_text(locked(layer, "--format=cyclonedx1.5"), "utf-8")
    print(f"{len(LAYERS)} lists of packages are in {folder}")  # noqa: T201


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
