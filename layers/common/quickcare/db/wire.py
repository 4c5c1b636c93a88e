"""How DynamoDB's client talks to DynamoDB: plain JSON, and reads on a short way.

Requests and answers are plain JSON already, and pynamodb writes and reads exactly that: they go out and come in as they
are, without botocore's walk through the shape of each (decision 0022). Binary attributes would have to be decoded;
there are none.

A read may be sent twice and harms nobody. So `_Reader` signs and sends it itself, with botocore's signer and over the
client's own connections, and answers botocore's event `before-call`. What DynamoDB did not answer with success (no
connection, no time, throttled, an error) it leaves to botocore, which sends the request anew, with its retries and
errors. Writes take botocore's whole way: it knows which of them it has sent twice (decision 0025).
"""

import json
from contextlib import suppress
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import HTTPClientError
from botocore.hooks import first_non_none_response
from botocore.model import OperationModel
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.serialize import JSONSerializer
from pynamodb.connection import TableConnection

from quickcare import budget

_READS = ("BatchGetItem", "GetItem", "Query")


class _Parser(JSONParser):
    """Reads the answer to a call that succeeded as the JSON that it is."""

    def _do_parse(self: Any, response: dict[str, Any], _shape: Any) -> dict[str, Any]:  # the stubs do not know these
        parsed: dict[str, Any] = self._parse_body_as_json(response["body"])
        self._inject_response_metadata(parsed, response["headers"])
        return parsed


class _Parsers(ResponseParserFactory):
    def create_parser(self, _protocol: str) -> JSONParser:
        return _PARSER


class _Serializer(JSONSerializer):
    """Writes a request as the JSON that it is."""

    def _serialize(self, serialized: dict[str, Any], value: dict[str, Any], *_: Any) -> None:
        serialized.update(value)


_PARSER = _Parser()


class _Reader:
    """Sends the reads of one client."""

    def __init__(self, client: Any, session: Any) -> None:
        self._region, self._events, self._session = client.meta.region_name, client.meta.events, session
        self._http = client._endpoint.http_session

    def __call__(
        self, model: OperationModel, params: dict[str, Any], **_: object
    ) -> tuple[AWSResponse, dict[str, Any]] | None:
        """The answer to a read; None when botocore has to make the call."""
        if model.name not in _READS:
            return None
        request = AWSRequest("POST", params["url"], params["headers"], params["body"])
        credentials = self._session.get_credentials().get_frozen_credentials()
        SigV4Auth(credentials, "dynamodb", self._region).add_auth(request)
        with suppress(HTTPClientError):
            answer = self._send(request.prepare(), model.name)
            if answer.status_code == 200:
                return answer, {**json.loads(answer.content), "ResponseMetadata": {"HTTPStatusCode": 200}}
        return None

    def _send(self, request: AWSPreparedRequest, operation: str) -> AWSResponse:
        # Those who listen may refuse the call, as `budget` does, or answer it.
        heard = self._events.emit(f"before-send.dynamodb.{operation}", request=request)
        answer: AWSResponse = first_non_none_response(heard) or self._http.send(request)
        return answer


def speak_json(connection: TableConnection) -> None:
    """Let the client of a connection, which has made none yet, send and read plain JSON, and reads on the short way.

    Each of its calls ends with the request's time (`quickcare.budget`).
    """
    session = connection.connection.session
    session.register_component("response_parser_factory", _Parsers())
    # See quickcare.aws: the long name costs a fifth of a small read.
    session.set_default_client_config(Config(user_agent="quickcare"))
    client: Any = connection.connection.client
    client._serializer = _Serializer()
    client._ruleset_resolver = None  # or it finds the same address anew for each call
    budget.limit(client)
    client.meta.events.register_last("before-call", _Reader(client, session))
