"""Generate clients from the OpenAPI document, compile them, and let them use the local server.

`python -m scripts.clients` needs Java, npm and Apache's httpmime (for the Java client).
It says what it could not compile.
"""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

from scripts.clients import making
from scripts.clients.journey import journeys
from scripts.clients.tools import BUILD, HERE, OUT, ROOT, Failed, run


def prepare() -> None:
    """The build folder: the documents, the settings and the npm tools, which stay there."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    documents = (ROOT / "functions" / "docs").glob("openapi*.json")
    settings = [path for path in HERE.iterdir() if path.suffix != ".py"]
    for source in (*documents, *settings, *(HERE / "journeys").iterdir()):
        if source.is_file():
            shutil.copy(source, BUILD)


def npm_tools() -> None:
    """Install what package-lock.json pins, unless it is there."""
    lock, installed = (HERE / "package-lock.json").read_bytes(), BUILD / "node_modules" / ".quickcare-lock"
    if not installed.is_file() or installed.read_bytes() != lock:
        run("npm ci", ["npm", "ci", "--no-progress"])
        installed.write_bytes(lock)


def main() -> int:
    prepare()
    try:
        with ThreadPoolExecutor(2) as at_once:
            steps = [at_once.submit(step) for step in (npm_tools, making.with_openapi_generator)]
            for step in steps:
                step.result()
            making.with_the_others()
            steps = [at_once.submit(step) for step in (making.java, making.typescript, making.python, making.lint)]
            for step in steps:
                step.result()
        journeys()
    except Failed as failed:
        print(failed, file=sys.stderr)  # noqa: T201
        return 1
    for name, reason in making.NOT_COMPILED.items():
        print(f"{name}: generated, not compiled here, because {reason}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
