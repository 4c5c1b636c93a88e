"""Makes the clients and compiles those for which there is a compiler."""

import json
import re
from pathlib import Path

from scripts.clients.tools import BIN, BUILD, DOCUMENT, HERE, HTTPMIME, JAVA, OLDER, OUT, generator, npm, run

# What openapi-generator makes, with its settings. Their compilers get their libraries from registries of their own.
GENERATED: dict[str, dict[str, str]] = {
    "java": {"library": "native", "openApiNullable": "false"},
    "kotlin": {},
    "dart": {},
    "swift5": {},
    "swift6": {},
    "python": {},
    "typescript-axios": {},
}
NOT_COMPILED = {
    "kotlin": "okhttp and moshi come from Maven",
    "dart": "its packages come from pub.dev",
    "swift5, swift6": "they need Swift's own toolchain",
}


def lint() -> None:
    """Redocly and Spectral find nothing in either version."""
    for document in (DOCUMENT, OLDER):
        rules = "" if document == DOCUMENT else "-3.0"
        command = [npm("redocly"), "lint", f"--config=redocly{rules}.yaml", document.name]
        told = run(f"redocly {document.stem}", command)
        if re.search(r"\d+ warnings?", told):
            raise SystemExit(told)
        command = [npm("spectral"), "lint", f"--ruleset=spectral{rules}.yaml", "--fail-severity=hint", document.name]
        run(f"spectral {document.stem}", command)


def with_openapi_generator() -> None:
    """All of its clients in one run."""
    settings = []
    for name, chosen in GENERATED.items():
        library = {"library": chosen["library"]} if "library" in chosen else {}
        additional = {key: value for key, value in chosen.items() if key != "library"}
        setting = {
            "generatorName": name,
            "inputSpec": DOCUMENT.name,
            "outputDir": str(OUT / name),
            **library,
            "additionalProperties": {"hideGenerationTimestamp": "true", **additional},
        }
        settings.append(BUILD / f"{name}.json")
        settings[-1].write_text(json.dumps(setting), "utf-8")
    files = [path.name for path in settings]
    run("openapi-generator", [*JAVA, "-jar", str(generator()), "batch", "--fail-fast", "--threads=2", *files])
    missing = [name for name in GENERATED if not (OUT / name).is_dir()]
    if missing:
        raise SystemExit(f"openapi-generator made nothing for {', '.join(missing)}.")


def with_the_others() -> None:
    """The generators from npm and PyPI."""
    schema = str(OUT / "openapi-typescript" / "schema.d.ts")
    run("openapi-typescript", [npm("openapi-typescript"), DOCUMENT.name, "-o", schema])
    run("orval", [npm("orval"), "--config", "orval.config.cjs"])
    run("@hey-api/openapi-ts", [npm("openapi-ts"), "-i", DOCUMENT.name, "-o", str(OUT / "hey-api")])
    target = str(OUT / "openapi_python_client")
    command = [str(BIN / "openapi-python-client"), "generate", "--path", DOCUMENT.name, "--output-path", target]
    run("openapi-python-client", [*command, "--meta=none", "--overwrite", "--fail-on-warning"])


def class_path() -> str:
    """What the Java client is compiled and run with."""
    return f"{BUILD / 'classes'}:{generator()}:{HTTPMIME}"


def java() -> None:
    """Compile the Java client and its journey."""
    sources = [*(OUT / "java" / "src" / "main" / "java").rglob("*.java"), *(HERE / "java").rglob("*.java")]
    files = [*map(str, sources), str(HERE / "journeys" / "Journey.java")]
    options = ["-nowarn", "-proc:none", "-d", str(BUILD / "classes"), "-cp", class_path()]
    run("javac", ["javac", "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", *options, *files])


def typescript() -> None:
    """Check all TypeScript clients strictly, and make a program of the journey."""
    run("tsc --strict", [npm("tsc"), "-p", "tsconfig.json"])
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=warning", "--outfile=journey.mjs"]
    run("esbuild", [npm("esbuild"), "journey.ts", *options])


def python() -> None:
    """Check the types of both Python clients, and strictly those of the journey."""
    cache = f"--cache-dir={BUILD / 'mypy'}"
    mypy = [str(BIN / "mypy"), cache, "--config-file=", "--python-version=3.11", "--disable-error-code=import-untyped"]
    run("mypy openapi_client", [*mypy, "openapi_client"], OUT / "python")
    run("mypy openapi_python_client", [*mypy, "openapi_python_client"], OUT)
    journey = str(Path("..") / ".." / "journey.py")
    run(
        "mypy journey.py",
        [*mypy, "--strict", "--implicit-reexport", "--follow-imports=silent", journey],
        OUT / "python",
    )
