"""Run functions with the events of `events/`, as Lambda does and without Docker, against a local engine.

`python -m scripts.sam_local users-me` builds the function of that event, starts a local server with new data, makes
what the event speaks of (`scripts/sample_events.py`), runs the function in Lambda's runtime (`scripts/runtime.py`) and
prints its answer and its log. `all` does so with every event, and fails when one is not handled.

`--serve ADDRESS` prepares the same for SAM CLI and Docker, and waits: events, and the variables for `--env-vars`.
"""

import argparse
import contextlib
import itertools
import json
import os
import signal
import socket
import socketserver
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from demo.client import DemoError
from devserver import datafolder, functions, settings
from devserver.provision import Provisioner
from devserver.template import Template
from scripts import build, sample_events
from scripts.local_server import server
from scripts.precompile import PrecompileError
from scripts.runtime import environments
from scripts.sample_events import Sample, Samples
from scripts.steps import StepError, say

ROOT = Path(__file__).resolve().parent.parent
PREPARED = ROOT / ".aws-sam" / "local"
_TWILIO = "sam-local-twilio"


class Engine:
    """A local server with new data: what the events speak of, and the variables that let a function reach its AWS."""

    def __init__(self, base: str, data: Path) -> None:
        self.samples = Samples(base)
        published = json.loads((data / datafolder.ENVIRONMENT).read_text("utf-8"))
        self.aws: dict[str, str] = {name: value for name, value in published.items() if name.startswith("AWS_")}
        chosen = {name: value for name, value in settings.read(ROOT).items() if not name.startswith("AWS_")}
        self._template = Template.load(
            ROOT / "template.yaml", settings.parameters({**chosen, "RECORDS_LOCK_DAYS": "1"})
        )
        Provisioner(self._template, self.aws, {}).run()
        self._besides = settings.functions(chosen, data)
        self._make_twilio_account()

    def functions(self) -> dict[str, dict[str, str]]:
        """Each function's own variables."""
        found = {
            name: functions.variables(self._template, properties)
            for name, properties in self._template.resources("AWS::Serverless::Function")
        }
        # Only here is Twilio configured: it signs its reports, and nobody should try to send by it.
        found["CallbacksFunction"] |= {"TWILIO_SECRET": _TWILIO, "PUBLIC_URL": sample_events.PUBLIC_URL}
        return found

    def variables(self, function: str) -> dict[str, str]:
        """All that its process has."""
        own = {"PATH": os.environ["PATH"], **self.aws, **self._besides}
        return {**own, **self.functions()[function]}

    def _make_twilio_account(self) -> None:
        credentials = {
            "account_sid": "AC" + "0" * 32,
            "auth_token": sample_events.TWILIO_TOKEN,
            "phone_number": "+1500",
        }
        secrets = boto3.client(
            "secretsmanager",
            endpoint_url=self.aws["AWS_ENDPOINT_URL"],
            region_name=self.aws["AWS_REGION"],
            aws_access_key_id=self.aws["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.aws["AWS_SECRET_ACCESS_KEY"],
        )
        secrets.create_secret(Name=_TWILIO, SecretString=json.dumps(credentials))


@contextmanager
def engine(data: Path) -> Iterator[Engine]:
    """A running one, with its data in a new folder."""
    with server(str(data)) as (api, _):
        yield Engine(api.url, data)


def run_all(built: Path, scratch: Path) -> None:
    """Every event with its function. Raises StepError, which names those that were not handled."""
    started, failed = time.monotonic(), []
    with engine(scratch / "data") as local:
        samples = sample_events.all_samples()
        for function, group in itertools.groupby(sorted(samples, key=_function), key=_function):
            with environments(built, scratch, function, variables=local.variables(function)) as (process,):
                for sample in group:
                    event = local.samples.event(sample)
                    if problem := sample_events.failure(event, process.invoke(json.dumps(event).encode())):
                        failed.append(f"{sample.name}: {problem}\n{_last_lines(scratch, function)}")
    if failed:
        raise StepError("\n".join(["These events were not handled:", *failed]))
    say(f"{len(samples)} events in Lambda's runtime, without Docker", started)


def _function(sample: Sample) -> str:
    return sample.function


def run_one(sample: Sample, function: str, scratch: Path) -> None:
    """Build the function and run it with this event; its answer and log are printed. Raises StepError."""
    built = build.here(scratch, function)
    with engine(scratch / "data") as local:
        event = local.samples.event(sample)
        with environments(built, scratch, function, variables=local.variables(function)) as (process,):
            answer = process.invoke(json.dumps(event).encode())
    print(_last_lines(scratch, function))  # noqa: T201
    print(json.dumps(answer, indent=2, ensure_ascii=False))  # noqa: T201
    if problem := sample_events.failure(event, answer):
        raise StepError(problem)


def _last_lines(scratch: Path, function: str, number: int = 20) -> str:
    return "\n".join((scratch / f"{function}.log").read_text("utf-8", "replace").splitlines()[-number:])


def serve(address: str, scratch: Path, prepared: Path = PREPARED) -> None:
    """Prepare events and variables for SAM CLI, let containers reach the engine by `address`, and wait for Ctrl-C."""
    with engine(scratch / "data") as local, _forwarded(address, local.aws["AWS_ENDPOINT_URL"]) as port:
        write(local, f"http://host.docker.internal:{port}", prepared)
        lines = (
            f"The engine is at {address}:{port}; Ctrl-C stops it.",
            f"  events      {_shown(prepared / 'events')}/",
            f"  variables   {_shown(prepared / 'env.json')}",
        )
        print("\n".join(lines), flush=True)  # noqa: T201
        threading.Event().wait()


def write(local: Engine, endpoint: str, prepared: Path) -> None:
    """The events with what they speak of, and the file for `--env-vars`, which names the engine."""
    (prepared / "events").mkdir(parents=True, exist_ok=True)
    for sample in sample_events.all_samples():
        text = json.dumps(local.samples.event(sample), indent=2, ensure_ascii=False)
        (prepared / "events" / f"{sample.name}.json").write_text(text, "utf-8")
    here = local.aws["AWS_ENDPOINT_URL"]
    variables = {
        function: {name: value.replace(here, endpoint) for name, value in own.items()} | {"AWS_ENDPOINT_URL": endpoint}
        for function, own in local.functions().items()
    }
    (prepared / "env.json").write_text(json.dumps(variables, indent=2), "utf-8")


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


@contextmanager
def _forwarded(address: str, endpoint: str) -> Iterator[int]:
    """A port of `address` that leads to the engine, which itself listens to this machine alone."""
    host, _, port = endpoint.rpartition("/")[2].partition(":")

    class Forward(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((host, int(port))) as there:
                back = threading.Thread(target=_copy, args=(there, self.request), daemon=True)
                back.start()
                _copy(self.request, there)
                back.join()

    with socketserver.ThreadingTCPServer((address, 0), Forward) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def listed() -> str:
    """Every event with its function."""
    return "\n".join(f"  {sample.name:28}{sample.function}" for sample in sample_events.all_samples())


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Run a function in Lambda's runtime, without Docker.",
        epilog=f"events and their functions:\n{listed()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [sample.name for sample in sample_events.all_samples()]
    parser.add_argument("event", nargs="?", choices=[*names, "all"], metavar="EVENT", help="a file of events/, or all")
    parser.add_argument("--function", default="", help="the function to run; default: the one that the event is for")
    parser.add_argument("--serve", metavar="ADDRESS", help="prepare for SAM CLI and Docker, and wait")
    chosen = parser.parse_args(arguments)
    if not chosen.event and not chosen.serve:
        parser.print_help()
        sys.exit(0)
    return chosen


def _work(chosen: argparse.Namespace, scratch: Path) -> None:
    if chosen.serve:
        serve(chosen.serve, scratch)
    elif chosen.event == "all":
        run_all(build.here(scratch), scratch)
    else:
        sample = Sample(chosen.event)
        run_one(sample, chosen.function or sample.function, scratch)


def main(arguments: list[str] | None = None) -> int:
    chosen = _arguments(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="quickcare-", ignore_cleanup_errors=True) as scratch:
            _work(chosen, Path(scratch))
    except (DemoError, PrecompileError, StepError, OSError) as failure:
        print(f"sam-local: {failure}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
