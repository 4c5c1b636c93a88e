"""How DynamoDB is called: in plain JSON, and on a short way.

Requests and answers are plain JSON already, and pynamodb writes and reads exactly that: they go out and come in as they
are, without botocore's walk through the shape of each (decision 0022). Binary attributes would have to be decoded;
there are none.

A client makes the calls in botocore's place on the short way (`quickcare.short_way`). It gives back what DynamoDB did,
or refused because of a condition. Everything else (no connection, no answer in time, throttled, an error) botocore
sends anew, with its retries and errors. Its client is made when that is needed for the first time (decision 0038), and
its events are emitted from then on.

So a write may be sent twice, as by botocore alone, and whoever is told that it was refused must know
(`quickcare.db.own`): each time that DynamoDB may have done what was sent, although no answer says so, counts as one of
botocore's `RetryAttempts` (decision 0030).
"""

import json
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any, cast
from uuid import uuid4

from quickcare import aws, short_way
from quickcare.settings import settings
from quickcare.short_way import CONNECT_TIMEOUT, READ_TIMEOUT, UNANSWERED, Got, Sender

_CALLS = {
    *("BatchGetItem", "GetItem", "Query"),
    *("BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"),
}
_REFUSALS = ("ConditionalCheckFailedException", "TransactionCanceledException")
_CONNECTIONS = 50
_TRIES = 4
_Parsed = dict[str, Any]
Stored = dict[str, dict[str, Any]]
"""An item, or its key, as DynamoDB sends it: `{"sk": {"S": "…"}}`."""


class Client:
    """What pynamodb takes for botocore's client. The timeouts are in seconds."""

    _request_signer = None  # pynamodb looks whether it has credentials

    def __init__(
        self,
        url: str,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        connections: int = _CONNECTIONS,
    ) -> None:
        self._url, self._timeouts, self._connections = url, (connect_timeout, read_timeout), connections
        self._sender = Sender("dynamodb", *self._timeouts)
        self._botocores: Any = None
        self._lock = Lock()

    @property
    def botocores(self) -> Any:
        """botocore's client of the same DynamoDB. Each of its calls ends with the request's time."""
        with self._lock:
            if self._botocores is None:
                self._botocores = self._made()
            return self._botocores

    def _made(self) -> Any:
        from botocore.config import Config  # here, because most processes never need it

        from quickcare import timeouts

        config = Config(
            parameter_validation=False,
            connect_timeout=self._timeouts[0],
            read_timeout=self._timeouts[1],
            max_pool_connections=self._connections,
            retries={"mode": "standard", "total_max_attempts": _TRIES},
        )
        made = aws.session().create_client("dynamodb", short_way.region(), endpoint_url=self._url, config=config)
        timeouts.limit(made)
        return made

    @property
    def meta(self) -> Any:
        """What botocore's client says of itself, with its events."""
        return self.botocores.meta

    def _make_api_call(self, operation: str, request: dict[str, Any]) -> _Parsed:
        """The answer to a call. Raises botocore's ClientError."""
        if operation not in _CALLS:
            answered: _Parsed = self.botocores._make_api_call(operation, request)
            return answered
        return self.make_api_calls(operation, [request])[0]

    def make_api_calls(self, operation: str, requests: Sequence[dict[str, Any]]) -> list[_Parsed]:
        """The answers to several calls, in the time of one. Raises botocore's ClientError."""
        calls = [self._described(operation, request) for request in requests]
        listened = [self._emit("before-call", operation, call["context"], params=call) for call in calls]
        sent = self._sent([call for call, answer in zip(calls, listened, strict=True) if answer is None])
        return [
            self._ended(operation, call, answer or next(sent)) for call, answer in zip(calls, listened, strict=True)
        ]

    def _described(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """A call as botocore describes it."""
        if operation == "TransactWriteItems":  # each of its tries has the same token
            request.setdefault("ClientRequestToken", str(uuid4()))
        context = dict[str, Any]()
        self._emit("provide-client-params", operation, context, params=request)
        target, body = f"DynamoDB_20120810.{operation}", json.dumps(request).encode()
        return short_way.request(self._url, "1.0", target, body, context)

    def _ended(self, operation: str, call: dict[str, Any], answer: tuple[Any, _Parsed] | None) -> _Parsed:
        http, parsed = answer or self._sent_by_botocore(operation, call)
        context = call["context"]
        if context.get(UNANSWERED):
            metadata = parsed["ResponseMetadata"]
            metadata["RetryAttempts"] = metadata.get("RetryAttempts", 0) + context[UNANSWERED]
        self._emit("after-call", operation, context, http_response=http, parsed=parsed)
        if http.status_code >= 300:
            from botocore.exceptions import ClientError  # here, as all of botocore

            raise ClientError(cast(Any, parsed), operation)
        return parsed

    def _emit(self, event: str, operation: str, context: dict[str, Any], **about: Any) -> Any:
        """Tell who listens to botocore's client, if there is one; what the first to answer `before-call` answers."""
        client = self._botocores
        if client is None:
            return None
        name, told = f"{event}.dynamodb.{operation}", {"model": _model(client, operation, context), **about}
        if event == "before-call":
            return client.meta.events.emit_until_response(name, context=context, **told)[1]
        return client.meta.events.emit(name, context=context, **told)

    def _sent(self, calls: Sequence[dict[str, Any]]) -> Iterator[tuple[Got, _Parsed] | None]:
        """The answers on the short way; None where botocore has to make the call."""
        return map(_parsed, self._sender.send_all([(call, call["body"]) for call in calls]))

    def _sent_by_botocore(self, operation: str, params: dict[str, Any]) -> tuple[Any, _Parsed]:
        client, context = self.botocores, params["context"]
        answer: tuple[Any, _Parsed] = client._make_request(_model(client, operation, context), params, context)
        return answer


def _model(client: Any, operation: str, context: dict[str, Any]) -> Any:
    """botocore's model of an operation. The context of the call gets what botocore puts there."""
    context.update(client_region=client.meta.region_name, client_config=client.meta.config, auth_type="v4")
    return client._service_model.operation_model(operation)


def _parsed(got: Got | None) -> tuple[Got, _Parsed] | None:
    """An answer with what it says; None when botocore has to make the call."""
    if got is None or got.status_code not in (200, 400):
        return None
    parsed = json.loads(got.body) if got.status_code == 200 else _refusal(got.body)
    metadata = {"HTTPStatusCode": got.status_code, "HTTPHeaders": got.headers, "RetryAttempts": 0}
    return (got, {**parsed, "ResponseMetadata": metadata}) if parsed is not None else None


def _refusal(body: bytes) -> _Parsed | None:
    """What botocore makes of an error, when it says that a condition did not hold; None when it says something else."""
    try:
        said: _Parsed = json.loads(body)
    except ValueError:
        return None
    code = said.pop("__type", "").rpartition("#")[2]
    if code not in _REFUSALS:
        return None
    message = said.pop("message", None) or said.pop("Message", "")
    return {**said, "Error": {"Code": code, "Message": message}}


def read_one(key: Stored) -> Stored | None:
    """The item with this key: 1 read, strongly consistent."""
    asked = {"TableName": settings().table_name, "Key": key, "ConsistentRead": True, "ReturnConsumedCapacity": "TOTAL"}
    return CLIENT.make_api_calls("GetItem", [asked])[0].get("Item")


def read_batches(batches: Sequence[list[Stored]]) -> tuple[list[Stored], list[Stored]]:
    """The items with these keys, of which each batch has at most 100, and the keys that DynamoDB left undone: 1 read,
    strongly consistent."""
    table, found, undone = settings().table_name, list[Stored](), list[Stored]()
    asked = [
        {"RequestItems": {table: {"Keys": keys, "ConsistentRead": True}}, "ReturnConsumedCapacity": "TOTAL"}
        for keys in batches
    ]
    for answer in CLIENT.make_api_calls("BatchGetItem", asked):
        found += answer["Responses"][table]
        undone += answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    return found, undone


CLIENT = Client(short_way.endpoint("dynamodb"))
"""The one client of the table."""
