"""ministack as `python -m scripts.strict_ministack`, with the condition keys of DynamoDB that it does not know.

By itself it takes no notice of `dynamodb:LeadingKeys` and `dynamodb:ReturnValues`, and finds `dynamodb:Attributes` only
in projections; so a role would get every key of the table that it may use at all.

The transform of SAM it calls without the stack's parameters, which AWS gives it (a changed `PublishedAt` would publish
nothing); here it gets them.

Alarms on several metrics it refuses; here they are made for the first of these, because no alarm is evaluated.

Gateway responses of an API's definition it leaves out; here they are in effect, as on AWS.

Of a table that was restored to an instant it does not say so; here it does.
"""

import json
import time
from contextvars import ContextVar
from typing import Any

from ministack.app import main
from ministack.core import iam_actions, iam_evaluator
from ministack.services import apigateway_v1, dynamodb
from ministack.services.cloudformation import changesets, engine, handlers, provisioners
from samtranslator.translator import transform

from scripts import dynamodb_checks

_PREFIX = "dynamodb:"
_enforce = iam_evaluator.enforce
_alarm = provisioners._cw_metric_alarm_record
_import_rest_api = apigateway_v1._import_rest_api
_restore, _table_description = dynamodb._restore_table_to_point_in_time, dynamodb._table_description
_apply_transforms, _transform = engine._apply_transforms, transform.transform
_parameters: ContextVar[dict[str, str]] = ContextVar("_parameters")


class _Action(str):
    """The action of one part of a transaction, which carries the condition keys of that part."""

    context: dict[str, Any]


def _parts(iam_action: str, body: bytes, region: str, account_id: str) -> list[tuple[str, str]]:
    operation = iam_action.removeprefix(_PREFIX)
    if operation not in dynamodb_checks.TRANSACTIONS:
        return []
    found: list[tuple[str, str]] = []
    for check in dynamodb_checks.checks(operation, json.loads(body)):
        action = _Action(check.action)
        action.context = check.context
        found.append((action, f"arn:aws:dynamodb:{region}:{account_id}:table/{check.table}"))
    return found


def _context(body: bytes) -> dict[str, Any]:
    """Of a single request. For a transaction each part has its own."""
    request = json.loads(body or b"{}")
    if "TransactItems" in request:
        return {}
    context: dict[str, Any] = {}
    for check in dynamodb_checks.checks("", request):
        context |= check.context
    return context


def _enforce_action(access_key_id: str, iam_action: str, *rest: Any, **named: Any) -> Any:
    if isinstance(iam_action, _Action):
        named["service_context"] = {**(named.get("service_context") or {}), **iam_action.context}
    return _enforce(access_key_id, iam_action, *rest, **named)


def _apply_transforms_with_parameters(template: Any, provided: Any = None, previous: Any = None) -> Any:
    _parameters.set(engine._transform_parameters(template, provided, previous))
    return _apply_transforms(template, provided, previous)


def _transform_with_parameters(template: Any, _: Any, *rest: Any) -> Any:
    return _transform(template, _parameters.get(), *rest)


def _alarm_on_one_metric(name: str, properties: dict[str, Any]) -> Any:
    measured = [one["MetricStat"]["Metric"] for one in properties.get("Metrics", []) if "MetricStat" in one]
    return _alarm(name, {**properties, "Metrics": [], **measured[0]} if measured else properties)


def _import_with_gateway_responses(spec: Any, *rest: Any) -> Any:
    api_id = _import_rest_api(spec, *rest)
    for kind, response in spec.get("x-amazon-apigateway-gateway-responses", {}).items():
        apigateway_v1._put_gateway_response(api_id, kind, response)
    return api_id


def _restore_with_summary(request: dict[str, Any]) -> Any:
    answer, target = _restore(request), dynamodb._tables.get(request.get("TargetTableName"))
    if target and answer[0] == 200:
        target["RestoreSummary"] = {
            "SourceTableArn": dynamodb._tables[request["SourceTableName"]]["TableArn"],
            "RestoreDateTime": request.get("RestoreDateTime", int(time.time())),
            "RestoreInProgress": False,
        }
    return answer


def _description_with_summary(name: str) -> dict[str, Any]:
    summary = dynamodb._tables[name].get("RestoreSummary")
    return {**_table_description(name), **({"RestoreSummary": summary} if summary else {})}


if __name__ == "__main__":
    for module in (changesets, engine, handlers):
        module._apply_transforms = _apply_transforms_with_parameters
    transform.transform = _transform_with_parameters
    provisioners._cw_metric_alarm_record = _alarm_on_one_metric
    dynamodb._restore_table_to_point_in_time = _restore_with_summary
    dynamodb._table_description = _description_with_summary
    apigateway_v1._import_rest_api = _import_with_gateway_responses
    iam_actions.dynamodb_transaction_checks = _parts
    iam_actions.dynamodb_service_context = _context
    iam_evaluator.enforce = _enforce_action
    main()
