"""The tables of actions are AWS's, whole, and no older than the libraries beside them."""

import importlib
import inspect
import json
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from moto.core.responses import BaseResponse

from slipway_sandbox.authorization.__main__ import SERVICES, page, unjudged
from slipway_sandbox.authorization.actions.__main__ import SERVICES as PREFIXES
from slipway_sandbox.authorization.actions.__main__ import reduced, written
from slipway_sandbox.authorization.actions.table import action, actions, prefix_of
from slipway_sandbox.authorization.context import MEMBERS
from slipway_sandbox.authorization.operations import OPERATIONS
from slipway_sandbox.authorization.targets.names import NAMES
from slipway_sandbox.documents import Document
from tests.support.sandbox.authorization.cloud import call

ROOT = Path(__file__).parents[3]
WITHOUT_ACTION = {"dynamodb": ["BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction"]}
MODULES = {"lambda": "awslambda", "eks-auth": "eks"}
PARAMETERS = {"TransactItems": [{name: {"TableName": "a"}} for name in ("Put", "Update", "Delete", "ConditionCheck")]}
PARAMETERS |= {"VersionId": "1", "Tagging": "a=b", "ACL": "private"}  # type: ignore[dict-item] # of several operations


def implemented(service: str) -> set[str]:
    """Names of the functions with which moto answers a service."""
    module = importlib.import_module(f"moto.{MODULES.get(service, service.replace('-', ''))}.responses")
    classes = [each for each in vars(module).values() if inspect.isclass(each) and issubclass(each, BaseResponse)]
    return {name for each in classes if each is not BaseResponse for name in dir(each)}


def test_every_operation_that_moto_answers_has_an_action() -> None:
    found = {
        service: [name for name in unjudged(service) if xform_name(name) in implemented(service)]
        for service in SERVICES
    }
    assert {service: names for service, names in found.items() if names} == WITHOUT_ACTION, (
        "the tables are older than botocore: write them anew with `python -m slipway_sandbox.authorization.actions`"
    )


def test_the_page_of_what_is_judged_is_up_to_date() -> None:
    assert (ROOT / "docs" / "sandbox-authorization.md").read_text() == page(), "run `make docs`"


def test_every_service_of_the_page_has_a_table() -> None:
    assert {prefix_of(service) for service in SERVICES} == set(PREFIXES)
    assert [prefix for prefix in PREFIXES if not actions(prefix)] == []


def test_an_operation_with_another_name_is_an_action_of_the_table() -> None:
    missing = []
    for (prefix, operation), choice in OPERATIONS.items():
        names = choice(call(prefix, operation, **PARAMETERS)) if callable(choice) else choice
        missing += [
            f"{prefix}:{name}" for name in ([names] if isinstance(names, str) else names) if not action(prefix, name)
        ]
    assert missing == []


def test_names_of_resources_are_placeholders_of_the_table_and_members_of_botocore() -> None:
    session, wrong = botocore.session.get_session(), []
    services = {prefix_of(service): service for service in SERVICES}
    for prefix, names in NAMES.items():
        kinds = {kind for row in actions(prefix).values() for kind in (*row.required, *row.optional)}
        placeholders = {
            name
            for kind in kinds
            for name in (*kind.placeholders, *(f"{kind.name}.{each}" for each in kind.placeholders))
        }
        model = session.get_service_model(services[prefix])
        inputs = [model.operation_model(name).input_shape for name in model.operation_names]
        members = {member for shape in inputs if shape for member in shape.members}
        wrong += [f"{prefix}: {name}" for name in names if name not in placeholders]
        wrong += [f"{prefix}: {member}" for found in names.values() for member in found if member not in members]
    assert wrong == []


def test_condition_keys_that_are_members_are_keys_of_the_table_and_members_of_botocore() -> None:
    session, wrong = botocore.session.get_session(), []
    for key, member in MEMBERS.items():
        prefix = key.partition(":")[0]
        model = session.get_service_model(prefix)
        inputs = [model.operation_model(name).input_shape for name in model.operation_names]
        is_member = any(shape and member in shape.members for shape in inputs)
        is_key = any(key in row.keys for row in actions(prefix).values())
        wrong += [] if is_member and is_key else [key]
    assert wrong == []


def test_the_generator_keeps_types_and_keys_and_drops_the_rest() -> None:
    definition: Document = {
        "privileges": {
            "SendMessage": {
                "description": "Grants permission to send",
                "resource_types": {
                    "queue": {"required": True, "condition_keys": ["aws:ResourceTag/${TagKey}"]},
                    "alias": {"required": False, "condition_keys": []},
                    "": {"required": False, "condition_keys": ["sqs:Size"]},
                },
            }
        },
        "resources": {
            "queue": {"arn": "arn:${Partition}:sqs:::${Name}", "condition_keys": ["aws:ResourceTag/${TagKey}"]},
            "alias": {"arn": "arn:${Partition}:sqs:::a/${Name}", "condition_keys": []},
        },
    }
    table: Document = {
        "actions": {"SendMessage": {"required": ["queue"], "optional": ["alias"], "keys": ["sqs:Size"]}},
        "resources": {
            "queue": {"arn": "arn:${Partition}:sqs:::${Name}", "keys": ["aws:ResourceTag/${TagKey}"]},
            "alias": {"arn": "arn:${Partition}:sqs:::a/${Name}", "keys": []},
        },
    }
    assert (reduced(definition), json.loads(written(table))) == (table, table)


@pytest.mark.parametrize(
    ("name", "required", "keys"),
    [
        ("sqs:SendMessage", ["queue"], {"aws:resourcetag/"}),
        ("sns:Subscribe", ["topic"], {"aws:resourcetag/", "sns:endpoint", "sns:protocol"}),
        ("ecr:GetAuthorizationToken", [], set()),
    ],
)
def test_an_action_has_its_resource_types_and_keys(name: str, required: list[str], keys: set[str]) -> None:
    found = action(*name.split(":"))
    assert found is not None
    assert ([kind.name for kind in found.required], set(found.keys)) == (required, keys)
