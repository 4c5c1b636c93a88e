"""Which function is at work, and that its calls of AWS are what its role allows.

Every handler is wrapped as its module is imported. Inside it each call of a client is judged (`tests/roles.py`) before
it is sent; calls that tests make themselves are not. A refused call raises what AWS would, and fails the test, also
where the code would have lived with the refusal.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from botocore.exceptions import ClientError
from botocore.hooks import BaseEventHooks
from botocore.model import OperationModel

from tests import roles

P = ParamSpec("P")
R = TypeVar("R")
judge = roles.Judge()
_function: ContextVar[str] = ContextVar("function", default="")
# While a call is on its way, only what tests hang on its events makes calls; these are the tests' own.
_on_their_way: ContextVar[int] = ContextVar("on_their_way", default=0)


@contextmanager
def acting_as(function: str) -> Iterator[None]:
    """Inside, calls of AWS are those of this function (a logical id of template.yaml)."""
    tokens = _function.set(function), _on_their_way.set(0)
    try:
        yield
    finally:
        _function.reset(tokens[0])
        _on_their_way.reset(tokens[1])


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        contents = vars(module)
        contents["handler"] = _judged(roles.functions()[module.__name__], contents["handler"])


class _Finder(PathFinder):
    """Finds the modules that have a handler, also when they are loaded anew."""

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname not in roles.functions():
            return None
        spec = super().find_spec(fullname, path, target)
        if spec and spec.origin:
            spec.loader = _Loader(fullname, spec.origin)
        return spec


def _judged(function: str, handler: Callable[P, R]) -> Callable[P, R]:
    @wraps(handler)
    def run(*arguments: P.args, **named: P.kwargs) -> R:
        with acting_as(function):
            return handler(*arguments, **named)

    return run


def wrap_handlers() -> None:
    """For the life of the process. It must come before the first import of a handler."""
    sys.meta_path.insert(0, _Finder)


def watch(events: BaseEventHooks) -> None:
    """Judge the calls of the clients that have these events."""
    events.register("provide-client-params", _begin)
    for event in ("after-call", "after-call-error"):
        events.register_last(event, _end)


def watch_posts(s3: Any) -> None:
    """S3 signs a form without any event, and needs the right of whoever signs it."""
    sign = s3.generate_presigned_post

    def signed(Bucket: str, Key: str, **named: Any) -> Any:  # noqa: N803 - boto3's names
        require("s3", "PutObject", {"Bucket": Bucket, "Key": Key})
        return sign(Bucket, Key, **named)

    s3.generate_presigned_post = signed


def _begin(params: Mapping[str, Any], model: OperationModel, context: Mapping[str, Any], **_: object) -> None:
    signs_only = bool(context.get("is_presign_request"))
    # For the address in a form of S3 botocore acts as if it made a bucket; `watch_posts` judges the form.
    if not _on_their_way.get() and not (signs_only and model.name == "CreateBucket"):
        require(model.service_model.endpoint_prefix, model.name, params)
    if not signs_only:
        _on_their_way.set(_on_their_way.get() + 1)


def _end(**_: object) -> None:
    _on_their_way.set(max(0, _on_their_way.get() - 1))


def require(service: str, operation: str, request: Mapping[str, Any]) -> None:
    """Raises what AWS would when a function is at work whose role does not allow this."""
    function = _function.get()
    if not function:
        return
    try:
        judge.require(function, service, operation, request)
    except roles.Denied as denied:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": str(denied)}}, operation) from None


def refusals() -> list[str]:
    """What was refused since this was asked last."""
    found = list(dict.fromkeys(judge.refused))
    judge.refused.clear()
    return found
