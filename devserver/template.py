"""Read `template.yaml` and resolve its intrinsic functions against what was really created."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from devserver.errors import StartError

REGION = "ap-south-1"
ACCOUNT = "000000000000"
STACK = "quickcare-local"
_NOTHING = object()
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's short tags turned into their long form."""


def _short_tag(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if name == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(cast(yaml.MappingNode, node), deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _short_tag)


class Template:
    """A SAM template with the parameters of this machine.

    `learn` says which resources were created. A reference to another resource resolves to an invented name, because
    some variables matter only on AWS.
    """

    def __init__(self, document: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """Parameters take their value from `environment` under their name in capitals, else their default."""
        self._document = document
        self._known: dict[str, dict[str, Any]] = {
            name: {"Ref": environment.get(_WORD_START.sub("_", name).upper(), spec.get("Default", ""))}
            for name, spec in document.get("Parameters", {}).items()
        }
        pseudo = {
            "Region": REGION,
            "AccountId": ACCOUNT,
            "Partition": "aws",
            "StackName": STACK,
            "StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/local",
            "URLSuffix": "amazonaws.com",
            "NoValue": _NOTHING,
        }
        self._known |= {f"AWS::{name}": {"Ref": value} for name, value in pseudo.items()}

    @classmethod
    def load(cls, path: Path, environment: Mapping[str, str]) -> "Template":
        """Raises StartError when the file is missing or is no YAML."""
        try:
            document = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a SafeLoader
        except (OSError, yaml.YAMLError) as error:
            detail = " ".join(str(error).split())
            raise StartError(f"{path.name} cannot be read ({detail}); correct it.") from None
        if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
            raise StartError(f"{path.name} declares no Resources; correct it.")
        return cls(document, environment)

    def learn(self, logical_id: str, ref: str, **attributes: str) -> None:
        """Set the values of `!Ref logical_id` and `!GetAtt logical_id.X`."""
        self._known[logical_id] = {"Ref": ref, **attributes}

    def resources(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and unresolved properties, with the Globals merged in, of each resource of a type."""
        defaults = self._document.get("Globals", {}).get(kind.removeprefix("AWS::Serverless::"), {})
        for logical_id, resource in self._document["Resources"].items():
            if resource.get("Type") != kind or not self._holds(resource.get("Condition")):
                continue
            properties = resource.get("Properties") or {}
            yield logical_id, _merged(defaults, properties) if kind.startswith("AWS::Serverless::") else properties

    def resolve(self, value: Any) -> Any:
        """`value` with every intrinsic function in it replaced by its result."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, argument)
        resolved = ((key, self.resolve(item)) for key, item in value.items())
        return {key: item for key, item in resolved if item is not _NOTHING}

    def _holds(self, condition: str | None) -> bool:
        return condition is None or bool(self.resolve(self._document["Conditions"][condition]))

    def _ref(self, name: str) -> Any:
        name = name.removesuffix(".Alias")  # here a function has no versions
        return self._known.get(name, {"Ref": f"{STACK}-{name}"})["Ref"]

    def _attribute(self, argument: list[str]) -> str:
        logical_id, attribute = argument[0], ".".join(argument[1:])
        resource = self._document["Resources"].get(logical_id, {})
        if (resource.get("Type"), attribute) == ("AWS::SSM::Parameter", "Value"):
            return str(self.resolve(resource["Properties"]["Value"]))  # of AWS, it has what it was given
        made_up = f"arn:aws:local:{REGION}:{ACCOUNT}:{STACK}-{logical_id}"
        return str(self._known.get(logical_id, {}).get(attribute, made_up))

    def _if(self, argument: list[Any]) -> Any:
        condition, yes, no = argument
        return self.resolve(yes if self._holds(condition) else no)

    def _sub(self, argument: Any) -> str:
        text, extra = argument if isinstance(argument, list) else (argument, {})

        def replace(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in extra:
                return str(self.resolve(extra[name]))
            return str(self._attribute(name.split(".", 1)) if "." in name else self._ref(name))

        return _VARIABLE.sub(replace, text)

    def _join(self, argument: list[Any]) -> str:
        return str(argument[0]).join(map(str, self.resolve(argument[1])))

    def _equals(self, argument: list[Any]) -> bool:
        first, second = self.resolve(argument)
        return str(first) == str(second)

    def _select(self, argument: list[Any]) -> Any:
        return self.resolve(argument[1])[int(argument[0])]

    def _find_in_map(self, argument: list[Any]) -> Any:
        name, first, second = self.resolve(argument)
        return self._document["Mappings"][name][first][second]


_FUNCTIONS: dict[str, Any] = {
    "Ref": Template._ref,
    "Condition": Template._holds,
    "Fn::GetAtt": Template._attribute,
    "Fn::Sub": Template._sub,
    "Fn::If": Template._if,
    "Fn::Join": Template._join,
    "Fn::Equals": Template._equals,
    "Fn::Select": Template._select,
    "Fn::FindInMap": Template._find_in_map,
    "Fn::Split": lambda template, argument: str(template.resolve(argument[1])).split(argument[0]),
    "Fn::Not": lambda template, argument: not template.resolve(argument[0]),
    "Fn::And": lambda template, argument: all(map(template.resolve, argument)),
    "Fn::Or": lambda template, argument: any(map(template.resolve, argument)),
}


def _merged(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """SAM's rule for Globals: maps are merged, lists are joined, anything else is overridden."""
    merged = dict(defaults)
    for key, value in own.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[key] = _merged(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            merged[key] = before + value
        else:
            merged[key] = value
    return merged
