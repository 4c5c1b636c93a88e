"""The API's own part of the template: CORS, gateway responses, media types, authorizers."""

import json
from collections.abc import Mapping
from typing import Any

from devserver.proxy_event import Answer
from devserver.template import Template

# Type: status, message. AWS, "Gateway response types for API Gateway".
_DEFAULTS = {
    "ACCESS_DENIED": (403, "User is not authorized to access this resource with an explicit deny"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "Internal server error"),
    "AUTHORIZER_FAILURE": (500, "Internal server error"),
    "DEFAULT_5XX": (502, "Internal server error"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long"),
    "UNAUTHORIZED": (401, "Unauthorized"),
}


class Api:
    """The one REST API of the template."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        """`properties` are the resolved ones of the AWS::Serverless::Api resource."""
        auth = properties.get("Auth", {})
        self.stage = str(properties.get("StageName", "local"))
        self.authorizers: dict[str, Mapping[str, Any]] = auth.get("Authorizers", {})
        self.default_authorizer: str | None = auth.get("DefaultAuthorizer")
        self.binary = {str(media).replace("~1", "/") for media in properties.get("BinaryMediaTypes", [])}
        self._cors = properties.get("Cors") or {}
        self._responses: Mapping[str, Any] = properties.get("GatewayResponses", {})

    @classmethod
    def of(cls, template: Template) -> "Api":
        """The API, its authorizers' functions given as logical ids."""
        for _, properties in template.resources("AWS::Serverless::Api"):
            authorizers = properties.get("Auth", {}).get("Authorizers", {})
            functions = {name: spec["FunctionArn"]["Ref"].removesuffix(".Alias") for name, spec in authorizers.items()}
            api = cls(template.resolve(properties))
            api.authorizers = {name: {**spec, "Function": functions[name]} for name, spec in api.authorizers.items()}
            return api
        return cls({})

    def preflight(self) -> Answer:
        """The answer to OPTIONS on an existing path."""
        cors = {"AllowOrigin": self._cors} if isinstance(self._cors, str) else self._cors
        names = {
            "AllowOrigin": "access-control-allow-origin",
            "AllowMethods": "access-control-allow-methods",
            "AllowHeaders": "access-control-allow-headers",
            "MaxAge": "access-control-max-age",
        }
        headers = [(header, _unquoted(cors[key])) for key, header in names.items() if key in cors]
        return Answer(200, [("content-type", "application/json"), *headers], b"")

    def gateway_response(self, kind: str) -> Answer:
        """What API Gateway answers by itself, shaped as the template says."""
        status, message = _DEFAULTS[kind]
        declared = self._responses.get(kind)
        status = int((declared or {}).get("StatusCode", status))
        declared = declared or self._responses.get(f"DEFAULT_{status // 100}XX", {})
        body = declared.get("ResponseTemplates", {}).get("application/json", '{"message":$context.error.messageString}')
        body = body.replace("$context.error.messageString", json.dumps(message))
        body = body.replace("$context.error.message", message)
        extra = declared.get("ResponseParameters", {}).get("Headers", {})
        headers = [(name.lower(), _unquoted(value)) for name, value in extra.items()]
        return Answer(status, [("content-type", "application/json"), *headers], body.encode())


def _unquoted(value: Any) -> str:
    """The template writes constant header values in single quotes."""
    return str(value).removeprefix("'").removesuffix("'")
