"""What must stay true of template.yaml however it grows."""

import json
import re
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from annotated_types import Ge, Le
from quickcare import security_log
from quickcare.observability import DIMENSIONS
from quickcare.settings import Settings

from devserver.template import Template
from scripts import layer_requirements, sample_events
from tests.declared import document, template

ROOT = Path(__file__).parent.parent
STAGES = ("local", "dev", "staging", "prod")


TEXT = (ROOT / "template.yaml").read_text("utf-8")
TEMPLATE = template()
FUNCTIONS = dict(TEMPLATE.resources("AWS::Serverless::Function"))
KINDS = ("Errors", "Throttles")
KINDS_OF_EXPORT = (
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::Serverless::Function",
    "AWS::Logs::LogGroup",
    "AWS::CloudWatch::Alarm",
)
each_function = pytest.mark.parametrize("function", FUNCTIONS)


def declared_routes() -> Iterator[tuple[str, str, bool, str]]:
    """Method, path, whether the authorizer stands before it, and the function."""
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if event["Type"] == "Api":
                route = event["Properties"]
                public = route.get("Auth") == {"Authorizer": "NONE"}
                assert public or "Auth" not in route
                yield route["Method"], route["Path"], not public, name


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every policy, with the resource that holds it."""
    for name, function in FUNCTIONS.items():
        for policy in function["Policies"]:
            for statement in policy.get("Statement", []):
                yield name, statement.get("Fn::If", [None, statement])[1]
    for name, policy in TEMPLATE.resources("AWS::IAM::ManagedPolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            yield name, statement


def refusals(**settings: str) -> list[str]:
    """What CloudFormation says to these parameters."""
    resources = template(**settings)
    rules = document()["Rules"]
    return [
        one["AssertDescription"]
        for rule in rules.values()
        if _is_true(resources, rule["RuleCondition"])
        for one in rule["Assertions"]
        if not _is_true(resources, one["Assert"])
    ]


def _is_true(resources: Template, rule: dict[str, Any]) -> bool:
    """Rules have a function of their own, which nothing else may use."""
    ((name, argument),) = rule.items()
    if name == "Fn::Not":
        return not _is_true(resources, argument[0])
    if name == "Fn::Contains":
        return resources.resolve(argument[1]) in argument[0]
    return bool(resources.resolve(rule))


def environment(function: str, **settings: str) -> dict[str, Any]:
    resources = template(**settings)
    variables = dict(resources.resources("AWS::Serverless::Function"))[function]["Environment"]["Variables"]
    return dict(resources.resolve(variables))


def test_it_takes_every_zone_and_nothing_that_is_none() -> None:
    (allowed,) = re.findall("  TimeZone:\n.*\n.*\n    AllowedPattern: (.*)\n", TEXT)
    zones = zoneinfo.available_timezones() - {"localtime"}
    assert [zone for zone in zones if not re.fullmatch(allowed, zone)] == []
    for text in ("", "asia/kolkata", "Asia/", "/etc/localtime", "../UTC", "Asia/Kolkata ", "+05:30", "A/B/C/D"):
        assert not re.fullmatch(allowed, text)


def test_routes_have_the_authorizer_unless_they_say_otherwise() -> None:
    ((_, api),) = TEMPLATE.resources("AWS::Serverless::Api")
    assert api["Auth"]["DefaultAuthorizer"] in api["Auth"]["Authorizers"]
    assert api["Auth"]["AddDefaultAuthorizerToCorsPreflight"] is False


@pytest.mark.parametrize(
    ("header", "passes"),
    [
        ("Bearer aaa.bb-b.c_c", True),
        ("bearer aaa.bbb.ccc", True),
        ("BEARER aaa.bbb.ccc", True),
        ("bEaReR aaa.bbb.ccc", True),
        ("Bearers aaa.bbb.ccc", False),
        ("Bearer aaa.bbb", False),
        ("Basic YTpi", False),
        ("Bearer ", False),
        ("Bearer a.b.c, Bearer d.e.f", False),
    ],
)
def test_only_what_looks_like_a_token_reaches_the_authorizer(header: str, passes: bool) -> None:
    ((_, api),) = TEMPLATE.resources("AWS::Serverless::Api")
    (authorizer,) = api["Auth"]["Authorizers"].values()
    assert bool(re.search(authorizer["Identity"]["ValidationExpression"], header)) is passes


def test_api_gateways_own_answers_are_json_with_cors() -> None:
    ((_, api),) = TEMPLATE.resources("AWS::Serverless::Api")
    for kind, response in api["GatewayResponses"].items():
        body = response["ResponseTemplates"]["application/json"]
        assert json.loads(body.replace("$context.error.messageString", '"Forbidden"'))["message"], kind
        assert response["ResponseParameters"]["Headers"]["Access-Control-Allow-Origin"], kind


def test_who_is_refused_by_the_authorizer_gets_what_is_told_without_a_token() -> None:
    ((_, api),) = TEMPLATE.resources("AWS::Serverless::Api")
    assert api["GatewayResponses"]["ACCESS_DENIED"] == api["GatewayResponses"]["UNAUTHORIZED"]
    assert api["GatewayResponses"]["UNAUTHORIZED"]["StatusCode"] == 401


@each_function
def test_functions_are_traced_and_log_to_a_group_that_forgets(function: str) -> None:
    groups = dict(TEMPLATE.resources("AWS::Logs::LogGroup"))
    assert FUNCTIONS[function]["Tracing"] == "Active"
    assert groups[FUNCTIONS[function]["LoggingConfig"]["LogGroup"]["Ref"]]["RetentionInDays"]


@each_function
@pytest.mark.parametrize("metric", KINDS)
def test_functions_have_alarms(function: str, metric: str) -> None:
    dimensions = [{"Name": "FunctionName", "Value": {"Ref": function}}]
    alarms = [
        alarm
        for _, alarm in TEMPLATE.resources("AWS::CloudWatch::Alarm")
        if (alarm.get("MetricName"), alarm.get("Dimensions")) == (metric, dimensions)
    ]
    assert [alarm["AlarmActions"] for alarm in alarms] == [[{"Ref": "AlarmTopic"}]]


@each_function
def test_functions_are_on_the_dashboard(function: str) -> None:
    ((_, dashboard),) = TEMPLATE.resources("AWS::CloudWatch::Dashboard")
    body = json.loads(TEMPLATE.resolve(dashboard["DashboardBody"]))
    titles = {
        widget["properties"]["title"]
        for widget in body["widgets"]
        if TEMPLATE.resolve({"Ref": function}) in json.dumps(widget)
    }
    assert titles >= {"Errors", "Throttles", "Duration p95 (ms)"}


def test_policies_name_their_resources() -> None:
    for holder, statement in statements():
        actions, resources = statement["Action"], statement.get("Resource", [])
        assert "*" not in json.dumps(actions), holder
        assert not any(resource == "*" for resource in (resources if isinstance(resources, list) else [resources]))
        assert "NotResource" not in statement or actions == "sns:Publish", holder


@each_function
def test_no_function_may_change_the_append_only_keys(function: str) -> None:
    assert {"Ref": "AppendOnlyKeys"} in FUNCTIONS[function]["Policies"]
    (denial,) = (statement for holder, statement in statements() if holder == "AppendOnlyKeys")
    assert denial == {
        "Effect": "Deny",
        "Action": ["dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"],
        "Resource": {"Fn::GetAtt": ["TableInUseArn", "Value"]},
        "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["ACCESS-LOG*", "AUDIT*", "LOG-DAY*"]}},
    }


@each_function
@pytest.mark.parametrize(
    ("policy", "keys", "reader"),
    [
        ("OutboxKeys", ["OUTBOX", "OUTBOX#*"], "SweepFunction"),
        ("TempPasswordKeys", ["TEMP-PASSWORD#*"], "AdminFunction"),
    ],
)
def test_one_function_only_reads_what_is_on_its_way_to_a_phone(
    function: str, policy: str, keys: list[str], reader: str
) -> None:
    assert ({"Ref": policy} in FUNCTIONS[function]["Policies"]) is (function != reader)
    denial = next(statement for holder, statement in statements() if holder == policy)
    assert denial == {
        "Effect": "Deny",
        "Action": ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
        "Resource": {"Fn::GetAtt": ["TableInUseArn", "Value"]},
        "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": keys}},
    }


def test_only_the_panel_knows_second_factors() -> None:
    # Every other function has this policy, as the test before shows.
    _, denial = (statement for holder, statement in statements() if holder == "TempPasswordKeys")
    assert denial["Effect"] == "Deny"
    assert denial["Condition"] == {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["SECOND-FACTOR#*"]}}
    used = {
        action
        for holder, statement in statements()
        if holder == "AdminFunction" and statement["Effect"] == "Allow"
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if action.startswith("dynamodb:")
    }
    assert set(denial["Action"]) == used


def test_the_sender_of_sms_may_check_codes_and_read_none() -> None:
    actions: dict[str, set[str]] = {}
    for holder, statement in statements():
        for key in statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", []):
            if holder in ("NotificationsFunction", "CallbacksFunction"):
                wanted = statement["Action"]
                actions.setdefault(f"{holder} {key}", set()).update([wanted] if isinstance(wanted, str) else wanted)
    receipts = {f"dynamodb:{name}" for name in ("DeleteItem", "GetItem", "PutItem", "UpdateItem")}
    assert actions == {
        "NotificationsFunction CONTACT#*": {"dynamodb:ConditionCheckItem"},
        "NotificationsFunction LINK#*": {"dynamodb:ConditionCheckItem"},
        "NotificationsFunction TEMP-PASSWORD#*": {"dynamodb:ConditionCheckItem"},
        "NotificationsFunction SMS#*": receipts,
        "NotificationsFunction SMS-FAILED#*": {"dynamodb:PutItem"},
        "CallbacksFunction SMS#*": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "NotificationsFunction TALLY#*": {"dynamodb:UpdateItem"},
        "CallbacksFunction SMS-FAILED#*": {"dynamodb:PutItem"},
        "CallbacksFunction TALLY#*": {"dynamodb:UpdateItem"},
    }


def keys_of(function: str) -> set[str]:
    """All keys that a function may use in any way."""
    return {key for holder, statement in statements() if holder == function for key in _keys(statement)}


def _keys(statement: dict[str, Any]) -> list[str]:
    keys: list[str] = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", [])
    return keys


def test_the_pages_that_need_no_token_reach_no_file_no_log_and_no_secret() -> None:
    reached = {key.partition("#")[0] for key in keys_of("PagesFunction")}
    assert not reached & {"*", "ACCESS-LOG", "AUDIT", "OTP-LOG", "SECOND-FACTOR", "SMS", "TEMP-PASSWORD-LOG"}
    others = [one for holder, one in statements() if holder == "PagesFunction" and not _keys(one)]
    assert [one["Action"] for one in others] == ["sqs:SendMessage", "sns:Publish", "secretsmanager:GetSecretValue"]
    assert others[2]["Resource"] == {"Fn::GetAtt": ["LogKey", "Id"]}
    assert not any(name.endswith("_KEYS_SECRET") for name in environment("PagesFunction"))


@each_function
def test_every_right_on_the_table_names_its_keys(function: str) -> None:
    """A star stands for an id, so that no key is another's beginning: `CONTACT#*`, `DIRECTORY#USER#*`."""
    table = {"Fn::GetAtt": ["TableInUseArn", "Value"]}
    for holder, statement in statements():
        if holder == function and statement.get("Resource") == table:
            assert set(statement["Condition"]) == {"ForAllValues:StringLike"}
            for key in _keys(statement):
                assert re.fullmatch(r"DIRECTORY#[A-Z-]+#\*|(?!DIRECTORY)[A-Z-]+(#\*)?", key), key


@each_function
def test_nobody_gets_back_what_a_write_found_or_left(function: str) -> None:
    assert {"Ref": "NoReturnValues"} in FUNCTIONS[function]["Policies"]
    (denial,) = (statement for holder, statement in statements() if holder == "NoReturnValues")
    writes = ("ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem")
    assert (denial["Effect"], denial["Action"]) == ("Deny", [f"dynamodb:{name}" for name in writes])
    assert denial["Condition"] == {
        "StringEquals": {"dynamodb:ReturnValues": ["ALL_NEW", "ALL_OLD", "UPDATED_NEW", "UPDATED_OLD"]},
        "ForAnyValue:StringNotLike": {"dynamodb:LeadingKeys": ["IDEMPOTENCY#*"]},
    }


@each_function
def test_passwords_roles_and_sessions_are_written_where_people_log_in_and_are_employed(function: str) -> None:
    trusted = {"UsersFunction", "ClinicsFunction", "AdminFunction", "PagesFunction"}
    assert ({"Ref": "CredentialAttributes"} in FUNCTIONS[function]["Policies"]) is (function not in trusted)


@pytest.mark.parametrize(
    ("secret", "variable", "readers"),
    [
        ("SigningKeys", "SIGNING_KEYS_SECRET", "Authorizer Clinics Users"),
        ("LinkKeys", "LINK_KEYS_SECRET", "Appointments Clinics Doctors Documents Home Users"),
        ("PanelKeys", "PANEL_KEYS_SECRET", "Admin"),
        ("LogKey", "LOG_KEY_SECRET", "Admin Appointments Callbacks Clinics Doctors Documents Pages Users"),
        ("TwilioCredentials", "TWILIO_SECRET", "Callbacks Notifications"),
        ("ExotelCredentials", "EXOTEL_SECRET", "Callbacks Notifications"),
        ("DltRegistration", "DLT_SECRET", "Notifications"),
    ],
)
def test_a_secret_is_read_by_who_needs_it(secret: str, variable: str, readers: str) -> None:
    resource = {"Fn::GetAtt": [secret, "Id"]}
    allowed = {holder for holder, statement in statements() if statement.get("Resource") == resource}
    told = {name for name in FUNCTIONS if variable in environment(name)}
    assert allowed == told == {f"{name}Function" for name in readers.split()}


@each_function
def test_no_function_scans(function: str) -> None:
    actions = [statement["Action"] for holder, statement in statements() if holder == function]
    assert not re.search(r"Scan|PartiQL", json.dumps(actions))


@pytest.mark.parametrize("stage", STAGES)
def test_a_master_code_exists_only_where_nobody_is_real(stage: str) -> None:
    allowed = {"UsersFunction"} if stage in ("local", "dev") else set()
    having = {name for name in FUNCTIONS if "MASTER_OTP" in environment(name, STAGE=stage, MASTER_OTP="888888")}
    assert having == allowed
    assert not any("MASTER_OTP" in environment(name, STAGE=stage) for name in FUNCTIONS)


@pytest.mark.parametrize(
    ("stage", "parameters", "words"),
    [
        ("local", {"MASTER_OTP": "888888", "SMS_PROVIDER": "console"}, []),
        ("dev", {"MASTER_OTP": "888888"}, []),
        ("staging", {"MASTER_OTP": "888888"}, ["MasterOtp is only"]),
        ("staging", {"SMS_PROVIDER": "console"}, ["SmsProvider console prints"]),
        ("staging", {}, []),
        ("staging", {"DLT": "on"}, ["Dlt needs PublicUrl"]),
        ("staging", {"DLT": "on", "PUBLIC_URL": "https://qck.in"}, []),
        ("staging", {"SMS_PROVIDER": "exotel"}, ["exotel needs Dlt"]),
        ("staging", {"SMS_PROVIDER": "exotel", "DLT": "on", "PUBLIC_URL": "https://qck.in"}, []),
        ("prod", {}, ["set CorsOrigin"]),
        ("prod", {"CORS_ORIGIN": "https://app.example.org"}, []),
    ],
)
def test_a_stage_is_refused_what_is_not_safe_there(stage: str, parameters: dict[str, str], words: list[str]) -> None:
    found = refusals(STAGE=stage, **parameters)
    assert len(found) == len(words)
    assert all(word in text for word, text in zip(words, found, strict=True))


@pytest.mark.parametrize(
    ("setting", "default"),
    [
        ("CODES_PER_ADDRESS", 20),
        ("LOGINS_PER_ADDRESS", 300),
        ("FAILED_CONTACTS_PER_ADDRESS", 30),
        ("CHECKS_PER_ADDRESS", 40),
        ("REGISTRATIONS_PER_ADDRESS", 40),
        ("UPLOADS_PER_PATIENT", 20),
        ("UPLOADS_PER_STAFF", 300),
        ("MEGABYTES_PER_PATIENT", 500),
        ("ADDRESSES_PER_USER", 10),
        ("CLINICS_PER_OWNER", 10),
        ("QUESTION_CHANGES_PER_DAY", 3),
    ],
)
def test_the_limits_of_an_address_and_of_an_account_are_parameters(setting: str, default: int) -> None:
    parameter = setting.title().replace("_", "")
    declared = yaml.safe_load(re.findall(f"\n  {parameter}:\n((?:    .*\n)+)", TEXT)[0])
    field = Settings.model_fields[setting.lower()]
    assert field.default == declared["Default"] == default
    assert field.metadata == [Ge(declared["MinValue"]), Le(declared["MaxValue"])]
    assert {environment(name, **{setting: "77"})[setting] for name in FUNCTIONS} == {"77"}


@pytest.mark.parametrize(
    ("kept", "reserved"), [("0", {"Ref": "AWS::NoValue"}), ("100", {"Ref": "AuthorizerConcurrency"})]
)
def test_authorizers_are_kept_free_where_it_is_asked_for(kept: str, reserved: dict[str, str]) -> None:
    resources = template(AUTHORIZER_CONCURRENCY=kept)
    functions = dict(resources.resources("AWS::Serverless::Function"))
    name, asked_for, without = functions["AuthorizerFunction"]["ReservedConcurrentExecutions"]["Fn::If"]
    is_kept = resources.resolve({"Fn::If": [name, True, False]})
    assert (asked_for if is_kept else without) == reserved
    assert [name for name, one in functions.items() if "ReservedConcurrentExecutions" in one] == ["AuthorizerFunction"]


@pytest.mark.parametrize(
    ("alarm", "metric", "parameter"),
    [
        ("FailedLoginsBurstAlarm", "LoginsFailed", "FailedLoginsAlarm"),
        ("RefusedRightsBurstAlarm", "RightsRefused", "RefusedRightsAlarm"),
        ("RequestedCodesBurstAlarm", "CodesRequested", "RequestedCodesAlarm"),
    ],
)
def test_bursts_of_what_the_security_log_sees_raise_alarms(alarm: str, metric: str, parameter: str) -> None:
    resources = template(STAGE="staging", **{parameter_name(parameter): "7"})
    declared = resources.resolve(dict(resources.resources("AWS::CloudWatch::Alarm"))[alarm])
    assert metric in security_log.METRICS.values()
    assert (declared["Namespace"], declared["MetricName"]) == ("QuickCare", metric)
    assert declared["Dimensions"] == [{"Name": "stage", "Value": "staging"}]
    assert str(declared["Threshold"]) == "7"


def test_the_dashboard_shows_every_metric_of_the_security_log() -> None:
    ((_, dashboard),) = TEMPLATE.resources("AWS::CloudWatch::Dashboard")
    widgets = json.loads(TEMPLATE.resolve(dashboard["DashboardBody"]))["widgets"]
    (shown,) = (one["properties"]["metrics"] for one in widgets if one["properties"]["title"] == "Security log")
    assert {one[1] for one in shown} == set(security_log.METRICS.values())


def dashboard() -> list[dict[str, Any]]:
    ((_, properties),) = TEMPLATE.resources("AWS::CloudWatch::Dashboard")
    widgets: list[dict[str, Any]] = json.loads(TEMPLATE.resolve(properties["DashboardBody"]))["widgets"]
    return widgets


def of_ours(metrics: list[list[Any]]) -> Iterator[str]:
    """The names of our metrics in a widget: `.` repeats what stands above, `SEARCH` names one in its expression."""
    namespace = name = ""
    for metric in metrics:
        if isinstance(metric[0], dict):
            yield from re.findall(r'MetricName="(\w+)"', metric[0]["expression"])
            continue
        if metric[0] != "...":
            namespace = namespace if metric[0] == "." else metric[0]
            name = name if metric[1] == "." else metric[1]
        if namespace == "QuickCare":
            yield name


def test_the_dashboard_asks_for_metrics_that_the_code_writes() -> None:
    asked = {name for widget in dashboard() for name in of_ours(widget["properties"].get("metrics", []))}
    sources = [*ROOT.glob("functions/**/*.py"), *ROOT.glob("layers/common/quickcare/**/*.py")]
    written = "".join(source.read_text("utf-8") for source in sources)
    assert asked >= {"Sms", "SmsSegments", "AppointmentBooked", "AccountRegistered", "RightsRefused", "OutboxAge"}
    assert [name for name in asked if f'"{name}"' not in written] == []


def test_no_widget_of_the_dashboard_lies_on_another() -> None:
    places = [
        (one["x"] + right, one["y"] + down)
        for one in dashboard()
        for right in range(one["width"])
        for down in range(one["height"])
    ]
    assert len(places) == len(set(places))
    assert max(right for right, _ in places) < 24


def test_the_dashboard_reads_the_log_of_every_function() -> None:
    groups = [TEMPLATE.resolve({"Ref": name}) for name, _ in TEMPLATE.resources("AWS::Logs::LogGroup")]
    shown = (one["properties"] for one in dashboard())
    (query,) = (one["query"] for one in shown if one["title"].startswith("Which route"))
    missing = {group for group in groups if f"SOURCE '{group}'" not in query}
    assert missing == {TEMPLATE.resolve({"Ref": "ApiLogs"})}


def parameter_name(parameter: str) -> str:
    """The setting that stands for a parameter: `FAILED_LOGINS_ALARM`."""
    return re.sub("(?<!^)(?=[A-Z])", "_", parameter).upper()


@pytest.mark.parametrize("stage", STAGES)
def test_a_web_acl_stands_before_the_api_only_where_it_is_asked_for(stage: str) -> None:
    for setting, there in ({}, False), ({"WEB_ACL": "on"}, True):
        resources = template(STAGE=stage, **setting)
        lists = dict(resources.resources("AWS::WAFv2::WebACL"))
        associations = dict(resources.resources("AWS::WAFv2::WebACLAssociation"))
        assert (bool(lists), bool(associations)) == (there, there)


def test_the_web_acl_refuses_floods_as_the_api_does() -> None:
    resources = template(WEB_ACL="on", WEB_ACL_RATE="1234")
    ((name, acl),) = resources.resources("AWS::WAFv2::WebACL")
    ((_, association),) = resources.resources("AWS::WAFv2::WebACLAssociation")
    assert association["WebACLArn"] == {"Fn::GetAtt": [name, "Arn"]}
    assert association["ResourceArn"]["Fn::Sub"].endswith("/restapis/${Api}/stages/${Api.Stage}")
    rate, *managed = resources.resolve(acl["Rules"])
    assert rate["Statement"]["RateBasedStatement"]["Limit"] == "1234"
    refusal = rate["Action"]["Block"]["CustomResponse"]
    assert (refusal["ResponseCode"], refusal["ResponseHeaders"][0]["Name"]) == (429, "Retry-After")
    assert list(json.loads(acl["CustomResponseBodies"][refusal["CustomResponseBodyKey"]]["Content"])) == ["message"]
    groups = [rule["Statement"]["ManagedRuleGroupStatement"] for rule in managed]
    assert {group["VendorName"] for group in groups} == {"AWS"}
    counting = {rule["Name"] for group in groups for rule in group.get("RuleActionOverrides", [])}
    assert counting >= {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"}  # uploads by form


def kept() -> dict[str, str]:
    """What becomes of resources when their stack is deleted, of those that say it."""
    found = {name: one.get("DeletionPolicy") for name, one in TEMPLATE._document["Resources"].items()}
    return {name: policy for name, policy in found.items() if policy}


def test_a_creation_that_fails_can_be_taken_back() -> None:
    """What protects itself could not be deleted; what is retained would be in the way of the next try."""
    assert {name for name, policy in kept().items() if policy == "RetainExceptOnCreate"} == {
        *("Table", "DataKey", "DocumentsBucket", "RecordsBucket")
    }
    assert "DeletionProtectionEnabled" not in TEMPLATE._document["Resources"]["Table"]["Properties"]


def test_a_creation_that_fails_takes_no_other_stack_the_role_of_the_apis_logs() -> None:
    """The account has one such role, which the last stack has set. Its name is made up, so it is in nobody's way."""
    assert {name for name, policy in kept().items() if policy == "Retain"} == {"ApiGatewayAccount", "ApiGatewayLogRole"}
    assert "RoleName" not in TEMPLATE._document["Resources"]["ApiGatewayLogRole"]["Properties"]


def test_no_transform_is_in_the_way_of_switching_the_table() -> None:
    """`manage.py switch-table` updates the stack with its previous template and another parameter, which
    `AWS::LanguageExtensions` does not allow (decision 0041)."""
    assert document()["Transform"] == "AWS::Serverless-2016-10-31"


def test_roles_functions_and_alarms_name_the_table_that_is_in_use() -> None:
    """So that `RestoredTable` switches all of them; only what says which one that is may name the stack's own."""
    named = re.findall(r"!GetAtt Table\.|!Ref Table\b(?!InUse)|\$\{Table[.}]", TEXT)
    assert sorted(named) == ["!GetAtt Table.", "!Ref Table", "!Ref Table"]
    own, other = template(STAGE="dev"), template(STAGE="dev", RESTORED_TABLE="of-yesterday")
    own.learn("Table", "own", Arn="arn:own")
    uses = [{"Fn::GetAtt": [name, "Value"]} for name in ("TableInUse", "TableInUseArn")]
    assert own.resolve(uses) == ["own", "arn:own"]
    assert other.resolve(uses) == ["of-yesterday", "arn:aws:dynamodb:ap-south-1:000000000000:table/of-yesterday"]


def test_a_message_outlives_the_function_that_handles_it() -> None:
    """AWS recommends six times the function's timeout."""
    queues = dict(TEMPLATE.resources("AWS::SQS::Queue"))
    handled_by = {
        "SmsQueue": "NotificationsFunction",
        "UploadQueue": "UploadCheckFunction",
        "LeftoversQueue": "LeftoversFunction",
    }
    for queue, function in handled_by.items():
        assert queues[queue]["VisibilityTimeout"] >= 6 * FUNCTIONS[function]["Timeout"]


def test_documents_lie_in_a_bucket_that_nobody_else_reads() -> None:
    ((_, bucket),) = TEMPLATE.resources("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]
    ((_, policy),) = TEMPLATE.resources("AWS::S3::BucketPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": False}}


def test_records_are_exported_only_where_it_is_asked_for_and_then_locked() -> None:
    assert not any(name.startswith("Records") for kind in KINDS_OF_EXPORT for name, _ in TEMPLATE.resources(kind))
    resources = template(RECORDS_LOCK_DAYS="400", RECORDS_LOCK_MODE="COMPLIANCE")
    assert all("Records" in " ".join(dict(resources.resources(kind))) for kind in KINDS_OF_EXPORT)
    bucket = resources.resolve(dict(resources.resources("AWS::S3::Bucket"))["RecordsBucket"])
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": "400"}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    policy = dict(resources.resources("AWS::S3::BucketPolicy"))["RecordsBucketPolicy"]["PolicyDocument"]
    assert [one["Sid"] for one in policy["Statement"]] == ["OnlyTls"]
    function = dict(resources.resources("AWS::Serverless::Function"))["RecordsFunction"]
    actions = [one["Action"] for policy in function["Policies"] for one in policy.get("Statement", [])]
    assert actions == ["dynamodb:Query", "s3:ListBucket", "s3:PutObject"]
    denied = {policy["Ref"] for policy in function["Policies"] if "Ref" in policy}
    assert denied == {name for name, _ in TEMPLATE.resources("AWS::IAM::ManagedPolicy")}


def test_queues_topics_and_the_bucket_take_only_tls() -> None:
    closed = set()
    for kind, holders in (
        ("SQS::QueuePolicy", "Queues"),
        ("SNS::TopicPolicy", "Topics"),
        ("S3::BucketPolicy", "Bucket"),
    ):
        for name, policy in TEMPLATE.resources(f"AWS::{kind}"):
            (denial,) = (one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny")
            assert (denial["Principal"], denial["Condition"]) == ("*", {"Bool": {"aws:SecureTransport": False}}), name
            held = policy[holders] if isinstance(policy[holders], list) else [policy[holders]]
            resources = json.dumps(denial["Resource"])
            assert all(one["Ref"] in resources for one in held), name
            closed |= {one["Ref"] for one in held}
    kinds = ("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket")
    assert closed == {name for kind in kinds for name, _ in TEMPLATE.resources(kind)}


def test_the_api_takes_no_tls_without_forward_secrecy() -> None:
    ((_, api),) = TEMPLATE.resources("AWS::Serverless::Api")
    assert TEMPLATE.resolve(api["SecurityPolicy"]) == "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"
    assert api["EndpointAccessMode"] == "STRICT"


def test_only_uploads_are_announced_and_forgotten() -> None:
    ((_, bucket),) = TEMPLATE.resources("AWS::S3::Bucket")
    (notice,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
    assert notice["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]
    rules = bucket["LifecycleConfiguration"]["Rules"]
    assert [rule["Prefix"] for rule in rules if "ExpirationInDays" in rule] == ["uploads/"]


def test_only_the_check_may_read_what_was_uploaded() -> None:
    readers = {
        holder
        for holder, statement in statements()
        if "s3:GetObject" in json.dumps(statement["Action"]) and "uploads/" in json.dumps(statement["Resource"])
    }
    assert readers == {"UploadCheckFunction"}


@pytest.mark.parametrize("layer", layer_requirements.LAYERS)
def test_layers_ship_what_is_locked(layer: str) -> None:
    wanted = layer_requirements.requirements(layer)
    assert (ROOT / "layers" / layer / "requirements.txt").read_text("utf-8") == wanted


@pytest.mark.parametrize("event", sorted((ROOT / "events").glob("*.json")), ids=lambda path: path.stem)
def test_sample_events_fit_the_template(event: Path) -> None:
    body = json.loads(event.read_text("utf-8"))
    if "requestContext" in body:
        name = f"{event.stem.split('-')[0].title()}Function"
        asked = (body["resource"], "authorizer" in body["requestContext"], name)
        assert (body["httpMethod"], *asked) in declared_routes() or ("ANY", *asked) in declared_routes()
    else:
        assert any(key in body for key in ("authorizationToken", "Records", "detail-type"))


def test_every_function_has_a_sample_event() -> None:
    functions = dict(template(RECORDS_LOCK_DAYS="1").resources("AWS::Serverless::Function"))
    assert {sample.function for sample in sample_events.all_samples()} == set(functions)


def alarms() -> dict[str, dict[str, Any]]:
    return dict(TEMPLATE.resources("AWS::CloudWatch::Alarm"))


OF_OURS = {name: alarm for name, alarm in alarms().items() if alarm.get("Namespace") == "QuickCare"}


@pytest.mark.parametrize("name", OF_OURS)
def test_alarms_on_our_metrics_look_at_what_the_code_writes(name: str) -> None:
    alarm = OF_OURS[name]
    assert sorted(one["Name"] for one in alarm["Dimensions"]) in [sorted(names) for names in DIMENSIONS]
    sources = [*ROOT.glob("functions/**/*.py"), *ROOT.glob("layers/common/quickcare/**/*.py")]
    assert any(f'"{alarm["MetricName"]}"' in source.read_text("utf-8") for source in sources)


@pytest.mark.parametrize(
    ("failures", "requests", "goes_off"), [(1, 10, False), (4, 10, False), (5, 10, True), (5, 1_000, False)]
)
def test_the_alarm_on_failed_requests_needs_more_than_a_few(failures: int, requests: int, goes_off: bool) -> None:
    alarm = alarms()["ApiErrorsAlarm"]
    (expression,) = (one["Expression"] for one in alarm["Metrics"] if "Expression" in one)
    words = {"IF": lambda condition, yes, no: yes if condition else no, "failures": failures, "requests": requests}
    rate = eval(expression, {"__builtins__": {}}, words)  # noqa: S307 - our own template
    assert (rate > alarm["Threshold"]) == goes_off


def test_a_new_dead_letter_sounds_while_old_ones_stay() -> None:
    """Its metric counts what arrives; the alarms on what lies there stay on and say nothing more."""
    alarm = alarms()["NewDeadLetterAlarm"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("DeadLetter", "Sum", 60)


@pytest.mark.parametrize(
    ("function", "queue"),
    [
        ("NotificationsFunction", "SmsQueue"),
        ("UploadCheckFunction", "UploadQueue"),
        ("LeftoversFunction", "LeftoversQueue"),
    ],
)
def test_functions_know_after_how_many_tries_a_message_is_given_up(function: str, queue: str) -> None:
    tries = TEMPLATE.resolve(FUNCTIONS[function]["Environment"])["Variables"]["TRIES"]
    assert int(tries) == dict(TEMPLATE.resources("AWS::SQS::Queue"))[queue]["RedrivePolicy"]["maxReceiveCount"]
