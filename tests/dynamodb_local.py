"""AWS's DynamoDB Local, from the npm package that carries it, fetched once into .cache/ and checked."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator

import pytest

from scripts import npm_package, ports

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
INTEGRITY = "sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
# Quick to start and sparing with the processor, which the tests need themselves.
JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
PATIENCE = 240  # seconds until it listens; 30 were too few on a busy machine
# Its input ends with whoever started it, however that ended; so does the engine then.
PATIENCE = 180  # seconds until it listens; 30 were too few on a busy machine
UNTIL_PARENT_ENDS = '"$@" & cat >/dev/null; kill -9 $!; wait $!'
SHARED = "DYNAMODB_LOCAL_PORT"


def lacking() -> str:
    """What keeps the engine from running on this machine; nothing when it can run."""
    for program, purpose in (("java", "run"), ("npm", "fetch")):
        if shutil.which(program) is None:
            return f"{program} is needed to {purpose} DynamoDB Local"
    return ""


def serve() -> Iterator[str]:
    """The URL of an engine with its data in memory: the one that `share` started, or one of its own.

    Skips with a reason where it cannot run.
    """
    if reason := lacking():
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; CI must not skip")
        pytest.skip(reason)
    if SHARED in os.environ:
        _wait_for(int(os.environ[SHARED]))
        yield _url(int(os.environ[SHARED]))
        return
    java, port = _start()
    try:
        _wait_for(port, java)
        yield _url(port)
    finally:
        _stop(java)


def share() -> Callable[[], None]:
    """Start one engine for this process and those that it starts from now on; what stops it."""
    java, port = _start()
    os.environ[SHARED] = str(port)
    return lambda: _stop(java)


def _start() -> tuple["subprocess.Popen[bytes]", int]:
    home = npm_package.fetch("dynamodb-local", PACKAGE, INTEGRITY)
    port = ports.free()
    command = ["java", *JAVA, "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    command += ["-inMemory", "-disableTelemetry", "-port", str(port)]
    nowhere = subprocess.DEVNULL
    shell = ["sh", "-c", UNTIL_PARENT_ENDS, "sh", *command]
    return subprocess.Popen(shell, cwd=home / "emulator", stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere), port


def _stop(java: "subprocess.Popen[bytes]") -> None:
    assert java.stdin
    java.stdin.close()
    java.wait()


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _wait_for(port: int, java: "subprocess.Popen[bytes] | None" = None) -> None:
    from time import monotonic, sleep

    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        assert java is None or java.poll() is None, "DynamoDB Local ended while it started"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.05)
    pytest.fail(f"DynamoDB Local did not start within {PATIENCE} s")
