"""How large the functions' zip and the layers are, as `sam build` made them."""

import io
import zipfile
from pathlib import Path
from typing import Any

MB = 1024 * 1024


def measured(built: Path) -> list[dict[str, Any]]:
    """Megabytes of each layer, and of the code that every function has, zipped and not."""
    folders = sorted(entry for entry in built.iterdir() if entry.is_dir())
    functions = [folder for folder in folders if not (folder / "python").is_dir()]
    found = []
    for folder in [functions[0], *(folder for folder in folders if folder not in functions)]:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        unzipped = sum(path.stat().st_size for path in files)
        zipped = _zipped(folder, files)
        found.append(
            {
                "what": "each function" if folder in functions else folder.name,
                "zipped_mb": round(zipped / MB, 1),
                "mb": round(unzipped / MB, 1),
            }
        )
    return found


def _zipped(folder: Path, files: list[Path]) -> int:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(folder))
    return content.getbuffer().nbytes
