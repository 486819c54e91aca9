"""Every declaration against the installed pulumi-aws SDK and botocore: nothing invented, nothing forgotten."""

import pytest

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import lifecycle
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import PLACEHOLDER
from slipway_sandbox.provider.properties import mapping, sdk
from tests.sandbox.conftest import ROOT

CLIENT = AwsClient()
REGION = "eu-west-1"
TOKENS = [each.token for each in services.all_resources()]


def calls(declaration: Resource) -> list[Call]:
    """Every declared call of a type."""
    tags = [declaration.tags.add, declaration.tags.remove, declaration.tags.read] if declaration.tags else []
    reads = declaration.read if isinstance(declaration.read, tuple) else ()
    steps = [update.call for update in declaration.updates]
    every = (declaration.create, declaration.delete, *reads, *steps, *tags)
    return [each for each in every if isinstance(each, Call)]


@pytest.mark.parametrize("token", TOKENS)
def test_the_sdk_has_the_type(token: str) -> None:
    assert sdk.schema(token).inputs


@pytest.mark.parametrize("token", TOKENS)
def test_every_property_that_is_named_is_the_sdks(token: str) -> None:
    declaration, schema = services.resource(token), sdk.schema(token)
    prefix = declaration.autoname.property if declaration.autoname else ""
    words = ("autonamed", "completed", "echoed", "handled", "documents", "policies", "ordered")
    named = {word for field in words for word in declaration.words(field)} | declaration.updatable_properties()
    named |= (
        set(declaration.replaced_when)
        | declaration.immutable_properties() - {"region", f"{prefix}Prefix"}
        | set(declaration.defaults)
    )
    blocks = {path for path in named if "." in path}
    assert {path for path in blocks if not is_member(schema.inputs, path)} == set()
    named -= blocks
    top = {name.partition(".")[0] for name in declaration.names} - {"destination"}
    assert named - set(schema.inputs) == set()
    assert (top | set(declaration.reads) | set(declaration.computed) | declaration.words("renewed")) - set(
        schema.outputs
    ) == set()


def is_member(properties: dict[str, sdk.Property], path: str) -> bool:
    """Whether a dotted path leads through blocks of the SDK to a property."""
    name, _, rest = path.partition(".")
    if name not in properties:
        return False
    kind = properties[name].type
    return not rest or is_member(sdk.properties(sdk.item_type(kind) if sdk.is_list(kind) else kind), rest)


@pytest.mark.parametrize("token", TOKENS)
def test_every_input_can_be_updated_or_replaces_or_is_echoed(token: str) -> None:
    declaration, schema = services.resource(token), sdk.schema(token)
    known = declaration.updatable_properties() | declaration.immutable_properties() | declaration.words("echoed")
    known |= {"tags"}
    assert set(schema.inputs) - known == set()


@pytest.mark.parametrize("token", TOKENS)
def test_every_input_that_is_not_echoed_reaches_a_call(token: str) -> None:
    declaration, schema = services.resource(token), sdk.schema(token)
    if not isinstance(declaration.create, Call):
        return
    names = lifecycle.names(declaration)
    by_function = {
        word
        for update in declaration.updates
        if not isinstance(update.call, Call)
        for word in update.properties.split()
    }
    in_templates = {word for call in calls(declaration) for word in placeholders(call.params)}
    shapes = [CLIENT.shape(call.service or declaration.service, call.operation, REGION) for call in calls(declaration)]
    silent = {
        name
        for name in schema.inputs
        if name not in declaration.words("echoed") | declaration.words("handled") | by_function | in_templates
        and not name.endswith("Prefix")
        and name not in ("tags", "region")
        and not any(mapping.takes(shape, name, names) for shape in shapes)
    }
    assert silent == set()


def placeholders(template: object) -> set[str]:
    """Properties in the parameters of a call."""
    return set(PLACEHOLDER.findall(repr(template)))


@pytest.mark.parametrize("token", TOKENS)
def test_every_parameter_that_is_written_down_is_a_member_of_its_call(token: str) -> None:
    declaration = services.resource(token)
    wrong = []
    for call in calls(declaration):
        shape = CLIENT.shape(call.service or declaration.service, call.operation, REGION)
        wrong += [f"{call.operation}.{name}" for name in call.params if shape is None or name not in shape.members]
    assert wrong == []


def older_names() -> list[str]:
    """The SDK's older names of declared types."""
    candidates = [token.replace(":lb/", ":alb/") for token in TOKENS if token.startswith("aws:lb/")]
    for token in TOKENS:
        path, _, name = token.rpartition(":")
        if path.startswith("aws:s3/") and name not in ("Bucket", "BucketObject"):
            candidates.append(f"{path}V2:{name}V2")
    return [token for token in candidates if is_in_sdk(token)]


def is_in_sdk(token: str) -> bool:
    try:
        return bool(sdk.schema(token))
    except LookupError:
        return False


@pytest.mark.parametrize("token", older_names())
def test_an_older_name_is_the_same_type(token: str) -> None:
    newer = services.resource(token).token
    assert newer != token
    older, newer_schema = sdk.schema(token), sdk.schema(newer)
    assert set(older.inputs) == set(newer_schema.inputs)
    assert set(older.outputs) == set(newer_schema.outputs)


def test_a_load_balancer_has_an_older_name() -> None:
    assert "aws:alb/loadBalancer:LoadBalancer" in older_names()


def test_an_older_name_of_a_function_and_of_a_state_is_known() -> None:
    assert services.resource("aws:elasticloadbalancingv2/listener:Listener").token == "aws:lb/listener:Listener"
    assert services.canonical("aws:alb/getListener:getListener") == "aws:lb/getListener:getListener"
    assert services.canonical("aws:s3/bucketV2:BucketV2") == "aws:s3/bucketV2:BucketV2"


def test_the_row_in_the_guide_is_the_real_one() -> None:
    text = (ROOT / "docs" / "sandbox-types.md").read_text()
    row = text.partition("```python\n")[2].partition("```")[0]
    names = {"Resource": Resource, "Call": Call, "Update": Update}
    shown = eval(row, names)
    assert shown == services.resource(shown.token)
