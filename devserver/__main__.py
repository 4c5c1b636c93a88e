"""`python -m devserver [--host 127.0.0.1] [--port 8000] [--data .quickcare] [--demo]`: QuickCare on this machine."""

import argparse
import os
import sys
from pathlib import Path

from devserver.errors import StartError
from devserver.supervisor import serve

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """The exit code: 0 after a clean stop."""
    parser = argparse.ArgumentParser(prog="devserver", description="QuickCare on this machine.")
    # Not from the environment: some shells and compilers keep other things in HOST.
    parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1; 0.0.0.0 lets other devices in")
    parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="default 8000")
    parser.add_argument("--data", default=os.environ.get("DATA"), help="default .quickcare, or .quickcare-demo")
    parser.add_argument(
        "--demo",
        nargs="?",
        type=int,
        const=60,
        default=0,
        metavar="PATIENTS",
        help="start afresh with a week of three clinics",
    )
    parser.add_argument("--root", default=ROOT, type=Path, help="folder of template.yaml; default this repository")
    arguments = parser.parse_args()
    try:
        root = arguments.root.resolve()
        data = arguments.data or (".quickcare-demo" if arguments.demo else ".quickcare")
        serve(root, root / data, arguments.host, _port(arguments.port), demo=arguments.demo)
    except StartError as problem:
        if problem.args:
            print(f"QuickCare: {problem}", file=sys.stderr)  # noqa: T201 - this is what people read
        return 1
    return 0


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise StartError(f"PORT={text} is no port; choose one from 1 to 65535, such as 8000.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
