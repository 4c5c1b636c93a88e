"""How DynamoDB's client talks to DynamoDB: plain JSON, and on a short way.

Requests and answers are plain JSON already, and pynamodb writes and reads exactly that: they go out and come in as they
are, without botocore's walk through the shape of each (decision 0022). Binary attributes would have to be decoded;
there are none.

`_Calls` makes the calls in botocore's place, with the same events around them, on the short way
(`quickcare.short_way`). It gives back what DynamoDB did, or refused because of a condition. Everything else (no
connection, no answer in time, throttled, an error) botocore sends anew, with its retries and errors.

So a write may be sent twice, as by botocore alone, and whoever is told that it was refused must know
(`quickcare.db.own`): each time that DynamoDB may have done what was sent, although no answer says so, counts as one of
botocore's `RetryAttempts` (decision 0030).
"""

import json
from typing import Any
from uuid import uuid4

from botocore.model import OperationModel
from botocore.parsers import JSONParser, ResponseParserFactory
from pynamodb.connection import TableConnection

from quickcare import budget
from quickcare.short_way import NAME, UNANSWERED, Got, Sender

_CALLS = {
    *("BatchGetItem", "GetItem", "Query"),
    *("BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"),
}
_REFUSALS = ("ConditionalCheckFailedException", "TransactionCanceledException")
_Parsed = dict[str, Any]


class _Parser(JSONParser):
    """Reads the answer to a call that succeeded as the JSON that it is."""

    def _do_parse(self: Any, response: dict[str, Any], _shape: Any) -> _Parsed:  # the stubs do not know these
        parsed: _Parsed = self._parse_body_as_json(response["body"])
        self._inject_response_metadata(parsed, response["headers"])
        return parsed


class _Parsers(ResponseParserFactory):
    def create_parser(self, _protocol: str) -> JSONParser:
        parser: JSONParser = _PARSER
        return parser


_PARSER: Any = _Parser()


class _Calls:
    """Stands for `_make_api_call` of one client."""

    def __init__(self, client: Any, session: Any) -> None:
        self._client, self._sender, self._botocores = client, Sender(client, session), client._make_api_call

    def __call__(self, operation: str, request: dict[str, Any]) -> _Parsed:
        """The answer to a call. Raises botocore's ClientError."""
        if operation not in _CALLS:
            answered: _Parsed = self._botocores(operation, request)
            return answered
        client, meta = self._client, self._client.meta
        model, events = client._service_model.operation_model(operation), meta.events
        context = {"client_region": meta.region_name, "client_config": meta.config, "auth_type": "v4"}
        events.emit(f"provide-client-params.dynamodb.{operation}", params=request, model=model, context=context)
        params = _params(meta.endpoint_url, operation, request, context)
        told = {"model": model, "context": context}
        _, answer = events.emit_until_response(f"before-call.dynamodb.{operation}", params=params, **told)
        http, parsed = answer or self._sent(model, params) or client._make_request(model, params, context)
        if context.get(UNANSWERED):
            metadata = parsed["ResponseMetadata"]
            metadata["RetryAttempts"] = metadata.get("RetryAttempts", 0) + context[UNANSWERED]
        events.emit(f"after-call.dynamodb.{operation}", http_response=http, parsed=parsed, **told)
        if http.status_code >= 300:
            raise client.exceptions.from_code(parsed["Error"]["Code"])(parsed, operation)
        found: _Parsed = parsed
        return found

    def _sent(self, model: OperationModel, params: dict[str, Any]) -> tuple[Got, _Parsed] | None:
        """The answer on the short way; None when botocore has to make the call."""
        got = self._sender.send(params, params["body"])
        if got is None or got.status_code not in (200, 400):
            return None
        if got.status_code == 400:
            return (got, refusal) if (refusal := _refusal(got, model)) else None
        metadata = {"HTTPStatusCode": got.status_code, "HTTPHeaders": got.headers, "RetryAttempts": 0}
        return got, {**json.loads(got.body), "ResponseMetadata": metadata}


def _params(url: str, operation: str, request: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """A request as botocore describes it. Each try of a transaction has the same token."""
    if operation == "TransactWriteItems":
        request.setdefault("ClientRequestToken", str(uuid4()))
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
    headers["User-Agent"] = NAME
    return {"method": "POST", "url": url, "headers": headers, "body": json.dumps(request).encode(), "context": context}


def _refusal(got: Got, model: OperationModel) -> _Parsed | None:
    """The answer to a call whose condition did not hold, as botocore reads it; None when it says something else."""
    described = got._asdict()
    parsed: _Parsed = _PARSER.parse(described, model.output_shape)
    code = parsed["Error"]["Code"]
    if code not in _REFUSALS:
        return None
    return {**parsed, **_PARSER.parse(described, model.service_model.shape_for_error_code(code))}


def speak_json(connection: TableConnection) -> None:
    """Let the client of a connection, which has made none yet, send and read plain JSON on the short way.

    Each of its calls ends with the request's time (`quickcare.budget`).
    """
    session = connection.connection.session
    session.register_component("response_parser_factory", _Parsers())
    client: Any = connection.connection.client
    budget.limit(client)
    client._make_api_call = _Calls(client, session)


def leave_to_botocore(connection: TableConnection) -> None:
    """Let botocore send all requests, for a DynamoDB that is only imitated inside of botocore."""
    client: Any = connection.connection.client
    del client._make_api_call
