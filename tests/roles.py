"""What the role of each function allows: the policies of template.yaml, judged as IAM judges them.

`tests/acting.py` brings every call that a handler makes here. A call that the role does not allow is refused; what a
role allows and no test uses is known when all tests ran.
"""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from ministack.core.iam_evaluator import EvalContext, ParsedStatement, evaluate, fnmatch_iam_cs, parse_policy_document

from devserver.template import Template
from scripts import dynamodb_checks
from tests import aws_checks, declared

Used = set[tuple[str, str, str]]
"""Function, the Sid of a statement, and the action or the value of its condition that a call needed."""

REGION, ACCOUNT = "ap-south-1", "123456789012"
LEADING_KEYS = "dynamodb:LeadingKeys"
_QUEUES = {
    "SmsQueue": "SMS_QUEUE_URL",
    "SmsDeadLetters": "SMS_DEAD_LETTERS_URL",
    "UploadQueue": "UPLOAD_QUEUE_URL",
    "LeftoversQueue": "LEFTOVERS_QUEUE_URL",
}
_SECRETS = {
    "SigningKeys": "SIGNING_KEYS_SECRET",
    "LinkKeys": "LINK_KEYS_SECRET",
    "PanelKeys": "PANEL_KEYS_SECRET",
    "LogKey": "LOG_KEY_SECRET",
    "TwilioCredentials": "TWILIO_SECRET",
    "ExotelCredentials": "EXOTEL_SECRET",
}
# Lambda takes from a queue in the function's name, so no code does.
_POLLING = {f"sqs:{name}" for name in ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")}
# What only the release before does, to which an update still leads most requests while it is under way.
OF_THE_RELEASE_BEFORE: Used = {
    (f"{name}Function", statement, "IDEMPOTENCY#*")
    for name in ("Appointments", "Clinics", "Doctors", "Documents", "Users")
    for statement in ("Delete", "Update")
}


class Denied(Exception):
    """The role does not allow it; the message says what is missing where."""


class Decision(NamedTuple):
    """Why a call is refused, or what it used of its role."""

    refusal: str
    used: frozenset[tuple[str, str, str]]


@cache
def resolved() -> Template:
    """template.yaml with the names that AWS has for the tests; SMS go through SNS, which needs one statement more,
    and records are exported."""
    template = declared.template(STAGE="local", SMS_PROVIDER="sns", RECORDS_LOCK_DAYS="365")
    named = os.environ
    template.learn("Table", named["TABLE_NAME"], Arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{named['TABLE_NAME']}")
    template.learn("DocumentsBucket", named["DOCUMENTS_BUCKET"], Arn=f"arn:aws:s3:::{named['DOCUMENTS_BUCKET']}")
    template.learn("RecordsBucket", named["RECORDS_BUCKET"], Arn=f"arn:aws:s3:::{named['RECORDS_BUCKET']}")
    template.learn("SmsTopic", named["SMS_TOPIC_ARN"])
    for name, variable in _QUEUES.items():
        queue = named[variable].rpartition("/")[2]
        template.learn(name, named[variable], Arn=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
    for name, variable in _SECRETS.items():
        arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{named[variable]}"
        template.learn(name, named[variable], Id=arn)
    # Its variable would turn DLT on for all tests.
    template.learn("DltRegistration", "dlt", Id=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:dlt")
    return template


@cache
def functions() -> dict[str, str]:
    """The functions by the module of their handler."""
    found = resolved().resources("AWS::Serverless::Function")
    return {properties["Handler"].removesuffix(".handler"): name for name, properties in found}


@cache
def documents() -> dict[str, list[dict[str, Any]]]:
    """The policy documents of each function's role: its own, and the managed ones that it names."""
    template = resolved()
    managed = {name: policy["PolicyDocument"] for name, policy in template.resources("AWS::IAM::ManagedPolicy")}
    return {
        name: [
            template.resolve(managed[policy["Ref"]] if "Ref" in policy else {"Version": "2012-10-17", **policy})
            for policy in properties["Policies"]
        ]
        for name, properties in template.resources("AWS::Serverless::Function")
    }


@cache
def statements(function: str) -> list[ParsedStatement]:
    return [statement for document in documents()[function] for statement in parse_policy_document(document)]


def allowed() -> Used:
    """Everything that a role allows and code could use."""
    return {
        (function, statement.sid, part)
        for function in documents()
        for statement in statements(function)
        if statement.effect == "Allow"
        for part in (*statement.actions, *(value for _, values in _conditions(statement) for value in values))
        if not (part in _POLLING and statement.resources == [_polled().get(function)])
    }


@cache
def _polled() -> dict[str, str]:
    """The queues from which Lambda takes for a function, by function."""
    mappings = resolved().resources("AWS::Lambda::EventSourceMapping")
    return {
        one["FunctionName"]["Ref"].removesuffix(".Alias"): str(resolved().resolve(one["EventSourceArn"]))
        for _, one in mappings
    }


def _conditions(statement: ParsedStatement) -> Iterable[tuple[str, list[str]]]:
    """The condition keys of a statement that list what it is about, with their values."""
    for block in statement.conditions.values():
        for key, values in block.items():
            yield key, [values] if isinstance(values, str) else values


def family(pk: str) -> str:
    """The part of a partition key that a role can name: all before an id."""
    kind, separator, rest = pk.partition("#")
    return f"{kind}#{rest.partition('#')[0]}#" if kind == "DIRECTORY" else f"{kind}{separator}"


class Judge:
    """Decides about calls, and remembers what they used. A call like one before costs a look into a dictionary."""

    def __init__(self) -> None:
        self.used: Used = set()
        self.refused: list[str] = []
        self._decisions: dict[Any, Decision] = {}

    def require(self, function: str, service: str, operation: str, request: Mapping[str, Any]) -> None:
        """Raises Denied unless the role of `function` allows this call."""
        if service == "dynamodb":
            for check in dynamodb_checks.checks(operation, request):
                alike = frozenset(map(family, check.keys))
                about = (function, check.action, check.table, alike, check.attributes, check.returned)
                arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{check.table}"
                if about not in self._decisions:
                    self._decisions[about] = decide(function, check.action, arn, check.context)
                self._note(self._decisions[about])
            return
        for action, arn, context in aws_checks.checks(service, operation, request):
            self._note(decide(function, action, arn, context))
        for action, arn, context in aws_checks.also_used(operation, request):
            self.used |= decide(function, action, arn, context).used

    def _note(self, decision: Decision) -> None:
        self.used |= decision.used
        if decision.refusal:
            self.refused.append(decision.refusal)
            raise Denied(decision.refusal)


def decide(function: str, action: str, arn: str, context: dict[str, Any]) -> Decision:
    """What IAM says."""
    asked = EvalContext(
        principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{function}/{function}",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=arn,
        region=REGION,
        service_context={name.lower(): value for name, value in context.items()},
    )
    answer = evaluate(asked, [statements(function)])
    if answer.decision == "Allow":
        return Decision("", frozenset(_used(function, answer.matched_sid, action, context)))
    about = ", ".join(sorted({family(key) + "…" for key in context.get(LEADING_KEYS, [])})) or arn
    why = f"{answer.matched_sid} forbids it" if answer.decision == "Deny" else "no statement allows it"
    if context.get("dynamodb:ReturnValues", "NONE") != "NONE":
        why += f" (it returns {context['dynamodb:ReturnValues']})"
    return Decision(
        f"{function} may not {action} on {about}: {why} (template.yaml, Policies of {function})", frozenset()
    )


def _used(function: str, sid: str, action: str, context: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    (statement,) = (one for one in statements(function) if one.sid == sid)
    yield function, sid, action
    for key, patterns in _conditions(statement):
        actual = context.get(key, [])
        for value in [actual] if isinstance(actual, str) else actual:
            yield from ((function, sid, pattern) for pattern in patterns if fnmatch_iam_cs(value, pattern))
