"""What DynamoDB's client sends and gets, without botocore's walk through the shape of each.

Both are plain JSON, and pynamodb writes and reads exactly that: a request goes out as it is, and the answer comes in as
it is. Errors are read as everywhere else. Binary attributes would have to be decoded; there are none. Decision 0022 has
the figures.
"""

from typing import Any

from botocore.config import Config
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.serialize import JSONSerializer
from pynamodb.connection import TableConnection

from quickcare import budget


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


def speak_json(connection: TableConnection) -> None:
    """Let the client of a connection, which has made none yet, send and read plain JSON.

    Each of its calls ends with the request's time (`quickcare.budget`).
    """
    session = connection.connection.session
    session.register_component("response_parser_factory", _Parsers())
    # See quickcare.aws: the long name costs a fifth of a small read.
    session.set_default_client_config(Config(user_agent="quickcare"))
    client: Any = connection.connection.client
    client._serializer = _Serializer()
    budget.limit(client)
