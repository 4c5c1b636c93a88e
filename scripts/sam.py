"""SAM CLI that calls nobody but AWS: `python -m scripts.sam build`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def command() -> str:
    """SAM CLI's path."""
    return shutil.which("sam", path=str(Path(sys.executable).parent)) or "sam"


def quiet(folder: Path) -> dict[str, str]:
    """What its environment needs, with its notes about itself in `folder`.

    Its telemetry has a switch. Its weekly look for a newer version has none, so its notes say that it has just looked.
    """
    folder.mkdir(exist_ok=True)
    (folder / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}), "utf-8")
    return {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(folder)}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **quiet(Path(folder))}
        return subprocess.run([command(), *sys.argv[1:]], env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
