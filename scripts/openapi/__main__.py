"""Write functions/docs/openapi*.json and .yaml: `python -m scripts.openapi`; `--check` only compares."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "functions" / "docs"
# What the functions read while they are imported. Nothing answers at that endpoint, and nothing needs to.
ENVIRONMENT = {
    "STAGE": "local",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "ap-south-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_MAX_ATTEMPTS": "1",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
}


def rendered() -> dict[str, str]:
    """The documents of both versions as JSON and as YAML, by the names of their files."""
    os.environ.update(ENVIRONMENT)
    sys.path[:0] = [str(ROOT / "functions"), str(ROOT / "layers" / "common")]
    # The functions' modules, and what is built on them, want that environment and path.
    from docs.schema import FILES, SERVER

    from scripts.openapi import older
    from scripts.openapi.document import document

    newer = document()
    texts = {}
    for version, built in (("3.1", newer), ("3.0", older.document(newer))):
        texts[FILES["json", version]] = json.dumps(built, indent=1, ensure_ascii=False) + "\n"
        texts[FILES["yaml", version]] = _yaml(built).replace(SERVER, json.dumps(SERVER))
    return texts


def _yaml(document: dict[str, Any]) -> str:
    return str(yaml.dump(document, Dumper=_NoAliases, sort_keys=False, allow_unicode=True, width=120))


class _NoAliases(yaml.SafeDumper):
    """Writes what occurs twice twice: anchors would make readers jump."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_NoAliases.add_representer(str, _text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not the functions'")
    check = parser.parse_args().check
    news = "is not what the functions say; run `make schema`" if check else "written"
    stale = False
    for name, text in rendered().items():
        path = FOLDER / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale = True
        print(f"{path.relative_to(ROOT)} {news}")  # noqa: T201
        if not check:
            path.write_text(text, "utf-8")
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main())
