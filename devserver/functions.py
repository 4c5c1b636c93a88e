"""The template's Lambda functions, run in this process.

Powertools keeps the current event in class attributes, because a Lambda environment has one event at a time. So all
functions that answer HTTP share one thread. Every other function has a thread of its own, so that slow work (such as
sending an SMS) never delays a request.

They also share one logger, which was made when the first of them was imported. So each log record is told here which
function is at work, and the line names that one.
"""

import contextlib
import importlib
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from devserver.template import ACCOUNT, REGION, Template

Handler = Callable[[dict[str, Any], Any], Any]
_log = logging.getLogger("devserver")
_TO_DEBUG = 3600.0  # seconds that a request has, because a developer may stop it in a debugger
_at_work: ContextVar[str] = ContextVar("at_work", default="")


@dataclass
class Context:
    """The context that Lambda passes with the event."""

    function_name: str
    timeout: float
    memory_limit_in_mb: str
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    log_stream_name: str = "local"
    identity: None = None
    client_context: None = None

    def __post_init__(self) -> None:
        self.invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self._deadline = time.monotonic() + self.timeout

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


@dataclass(frozen=True)
class Function:
    """One function of the template. `handler` is None when its module could not be imported."""

    name: str
    timeout: float
    memory: int
    handler: Handler | None
    thread: ThreadPoolExecutor
    service: str = ""
    """What its log lines call it; empty where the template gives no POWERTOOLS_SERVICE_NAME."""

    def invoke(self, event: dict[str, Any]) -> "Future[Any]":
        """Run the function when its thread is free. The future has its answer or its error."""
        return self.thread.submit(self._run, event)

    def _run(self, event: dict[str, Any]) -> Any:
        if self.handler is None:
            raise ImportError(f"{self.name} could not be imported; see the error above")
        with _speaking(self.service):
            return self.handler(event, Context(self.name, max(self.timeout, _TO_DEBUG), str(self.memory)))


def load(template: Template) -> dict[str, Function]:
    """Import every function, by logical id. A broken one is logged with its traceback and fails when called."""
    resources = list(template.resources("AWS::Serverless::Function"))
    environments = {name: variables(template, properties) for name, properties in resources}
    for environment in environments.values():
        os.environ.update(environment)
    answering_http = ThreadPoolExecutor(1, "api")
    loaded = {}
    for name, properties in resources:
        os.environ.update(environments[name])
        events = (properties.get("Events") or {}).values()
        thread = answering_http if any(event["Type"] == "Api" for event in events) else ThreadPoolExecutor(1, name)
        timeout, memory = float(properties.get("Timeout", 3)), int(properties.get("MemorySize", 128))
        service = environments[name].get("POWERTOOLS_SERVICE_NAME", "")
        with _speaking(service):
            handler = _import(name, properties["Handler"])
        loaded[name] = Function(name, timeout, memory, handler, thread, service)
    return loaded


def name_log_lines() -> None:
    """From now on each log record says in `service` which function wrote it. Powertools puts it into the line."""
    make = logging.getLogRecordFactory()

    def named(*arguments: Any, **options: Any) -> logging.LogRecord:
        record = make(*arguments, **options)
        if service := _at_work.get():
            record.service = service
        return record

    logging.setLogRecordFactory(named)


@contextlib.contextmanager
def _speaking(service: str) -> Iterator[None]:
    token = _at_work.set(service)
    try:
        yield
    finally:
        _at_work.reset(token)


def variables(template: Template, properties: Mapping[str, Any]) -> dict[str, str]:
    """The environment variables of a function, as Lambda would set them; where AWS is, only this process knows."""
    declared = template.resolve(properties.get("Environment", {})).get("Variables", {})
    return {name: str(value) for name, value in declared.items() if name != "AWS_ENDPOINT_URL"}


def _import(name: str, path: str) -> Handler | None:
    module, _, attribute = path.rpartition(".")
    try:
        handler: Handler = getattr(importlib.import_module(module), attribute)
    except Exception:  # noqa: BLE001 - whatever the code under development raises
        _log.exception("%s (%s) cannot be imported; its requests fail until it is corrected.", name, path)
        return None
    return handler
