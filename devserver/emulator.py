"""The embedded AWS: `python -m devserver.emulator FD`, serving on the listening socket it inherits.

Runs ministack (DynamoDB, S3, SNS, SQS, Secrets Manager) in this process, with the settings `start` gives it.
"""

import asyncio
import importlib
import logging
import os
import socket
import sys
from pathlib import Path

from devserver.process import Child, on_stop
from devserver.template import REGION

LOG = "aws.log"
_SERVICES = ("dynamodb", "s3", "secretsmanager", "sns", "sqs")


def start(data: Path, lock: int) -> tuple[Child, str]:
    """Start it on a free local port with its state in `data`. Returns the process and its address.

    It inherits the folder's lock, so no second server opens the folder before this one has saved.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "S3_DATA_DIR": str(data / "s3"),
            "S3_PERSIST": "1",
            "SERVICES": ",".join(_SERVICES),
            "SFTP_ENABLED": "0",
            "STATE_DIR": str(data / "state"),
        }
        fd = listening.fileno()
        log = data / LOG
        log.unlink(missing_ok=True)
        child = Child("devserver.emulator", [str(fd)], environment, inherited=[fd, lock], log=log, own_group=True)
    return child, f"http://127.0.0.1:{port}"


class _Failures(logging.Handler):
    """Remembers whether the state could not be saved. ministack only logs that."""

    seen = False

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - any error counts
        self.seen = True


async def _serve(fd: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    for service in _SERVICES:  # while the worker starts, instead of at its first call
        importlib.import_module(f"ministack.services.{service}")
    config = Config()
    config.bind = [f"fd://{fd}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    stop = asyncio.Event()
    on_stop(stop.set)
    await serve(app, config, shutdown_trigger=stop.wait)


def main() -> int:
    failures = _Failures(logging.ERROR)
    logging.getLogger("persistence").addHandler(failures)
    asyncio.run(_serve(int(sys.argv[1])))
    return 1 if failures.seen else 0


if __name__ == "__main__":
    sys.exit(main())
