"""Every name in a fix exists: in pulumi-aws on the resource, in the arguments of Slipway's component.

Everything is read from the SDK's source, botocore's model and the components' own types; nothing is listed here twice.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from inspect import get_annotations
from pathlib import Path
from typing import Any, get_args, is_typeddict

import botocore.session
import pulumi
import pytest

from slipway_policies.engine.registry import ResourceRule, Rule, StackRule
from slipway_policies.rules import all_rules, resource_rules
from slipway_policies.rules.ecs.containers import TASK_DEFINITION
from slipway_sandbox.provider.services import all_resources
from tests.policies.rules.cases import CASES
from tests.support.policies.samples import Case

SPEC = find_spec("pulumi_aws")
assert SPEC
assert SPEC.origin
SDK = Path(SPEC.origin).parent
PROPERTY = re.compile(r'@pulumi\.getter(?:\(name="(\w+)"\))?\n(?:    @\w+.*\n)*    def (\w+)\(self')
CAMEL, SNAKE = re.compile(r"(?<![\w:.])[a-z]+(?:[A-Z][A-Za-z0-9]*)+\b"), re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
VALUE = re.compile(r"\b(?:to|with name) (?:\w+, )*\w+")  # which has its own spelling, such as notBreaching
NAMED = re.compile(r"(?:slipway's|its) ((?:[A-Z]\w+|services)(?: and [A-Z]\w+)?)")
SERVICES = ("FargateService", "QueueWorker")
IN_TEXTS = {"maxReceiveCount"}  # of a redrive policy, which is a JSON text that no model describes
RULES = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
RESOURCE_RULES = pytest.mark.parametrize("rule", resource_rules(), ids=lambda rule: rule.name)


def of_source(path: Path) -> set[str]:
    """The properties declared by a module of the SDK, by their names on the wire."""
    found = PROPERTY.findall(path.read_text()) if path.exists() else []
    return {name or written for name, written in found}


def source_of(kind: str) -> Path:
    """The SDK's module of a resource type."""
    _, module, name = re.split(r"[:/]", kind)[:3]
    return SDK / {"lambda": "lambda_"}.get(module, module) / f"{re.sub('(?=[A-Z])', '_', name).lower()}.py"


@cache
def of_type(kind: str) -> frozenset[str]:
    """The properties of a resource type; empty where this SDK has dropped the type."""
    return frozenset(of_source(source_of(kind)))


def kept_by(kind: str) -> set[str]:
    """Properties with a default from the provider, so their output always has a value."""
    found = re.findall(r"def (\w+)\(self\) -> pulumi\.Output\[(?!Optional)", source_of(kind).read_text())
    return {re.sub("_(.)", lambda one: one[1].upper(), name) for name in found}


@cache
def nested(module: str) -> frozenset[str]:
    """The properties of the objects within the resources of a module."""
    return frozenset(of_source(SDK / module / "_inputs.py"))


@cache
def of_containers() -> frozenset[str]:
    """The names in a container definition, a JSON text in the ECS API's own form."""
    names: set[str] = set()
    open_shapes: list[Any] = [botocore.session.get_session().get_service_model("ecs").shape_for("ContainerDefinition")]
    while open_shapes:
        shape = open_shapes.pop()
        names |= set(getattr(shape, "members", {}))
        open_shapes += getattr(shape, "members", {}).values()
        open_shapes += [shape.member] if shape.type_name == "list" else []
    return frozenset(names)


def known_to(rule: Rule) -> set[str]:
    """The allowed property names of the rule's fix."""
    kinds = set(rule.types) if isinstance(rule, ResourceRule) else set()
    modules = {re.split(r"[:/]", kind)[1] for kind in kinds} or {one.name for one in SDK.iterdir() if one.is_dir()}
    names = {name for kind in kinds for name in of_type(kind)} | {name for one in modules for name in nested(one)}
    if isinstance(rule, StackRule):
        named = {one for other in resource_rules() for one in other.types} | {"aws:ec2/flowLog:FlowLog"}
        names |= {name for kind in named for name in of_type(kind)}
    if isinstance(rule, StackRule) or TASK_DEFINITION in kinds:
        names |= of_containers()
    options = (re.sub("_(.)", lambda one: one[1].upper(), name) for name in vars(pulumi.ResourceOptions()))
    return names | set(rule.settings) | set(options) | IN_TEXTS


@RULES
def test_a_property_that_a_fix_names_is_one_of_the_resource(rule: Rule) -> None:
    assert set(CAMEL.findall(VALUE.sub("", rule.fix))) - known_to(rule) == set()


@RESOURCE_RULES
def test_a_property_that_a_fix_removes_goes_back_to_its_default(rule: ResourceRule) -> None:
    for name in re.findall(r"\bremove ([a-z]+(?:[A-Z][A-Za-z]*)+)(?! in)", rule.fix):
        kept = {kind for kind in rule.types if name in of_type(kind) and name in kept_by(kind)}
        assert kept == set(), f"the provider keeps {name} as it is when the program no longer says it"


@RESOURCE_RULES
def test_a_fix_says_when_it_replaces_the_resource(rule: ResourceRule) -> None:
    fixed = {one.token: one.immutable_properties() for one in all_resources()}
    for kind in set(rule.types) - {TASK_DEFINITION}:  # whose every change is a new revision
        touched = set(re.findall(r"\b(?:set|remove) ([a-z]\w+)", rule.fix)) & set(fixed.get(kind, ()))
        assert not touched or "replaces" in rule.fix, (kind, touched)


@RESOURCE_RULES
def test_a_path_that_is_rewritten_is_one_of_the_resource(rule: ResourceRule) -> None:
    for kind in filter(rule.mends, filter(of_type, rule.types)):
        for path in rule.remedy:
            assert path.partition(".")[0] in of_type(kind), kind
            assert set(path.split(".")[1:]) <= nested(re.split(r"[:/]", kind)[1]), kind


@RULES
def test_a_resource_that_a_fix_tells_to_add_exists(rule: Rule) -> None:
    for name in re.findall(r"(?:add|attach|make) an? ([A-Z][a-z]+[A-Z]\w+)", rule.fix):
        assert list(SDK.glob(f"*/{re.sub('(?<!^)(?=[A-Z])', '_', name).lower()}.py")), name


def arguments(args: type) -> Iterator[str]:
    """The names in a component's arguments, those of its nested arguments as `outer.inner` and `inner` too."""
    for name, hint in get_annotations(args).items():
        yield name
        for inner in within(hint):
            yield from (one for it in arguments(inner) for one in (it, f"{name}.{it}"))


def within(hint: Any) -> Iterator[type]:
    """The TypedDicts in a type."""
    if is_typeddict(hint):
        yield hint
    for part in get_args(hint):
        yield from within(part)


@cache
def of_component(name: str) -> frozenset[str]:
    """A component's arguments and outputs."""
    import slipway

    component, args = getattr(slipway, name), getattr(slipway, f"{name}Args")
    return frozenset({*arguments(args), *component.__annotations__})


def components(fix: str) -> list[str]:
    """The components named in a fix."""
    names = [name for found in NAMED.findall(fix) for name in found.split(" and ")]
    return [one for name in names for one in (SERVICES if name == "services" else (name,))]


@RULES
@pytest.mark.filterwarnings("ignore:aws.ec2/encryptioncontrol:DeprecationWarning")
def test_an_argument_that_a_fix_names_is_one_of_the_component(rule: Rule) -> None:
    named = components(rule.fix)
    backticked = set(re.findall(r"`(\w+)`", rule.fix)) - {"make"}
    dotted = set(re.findall(r"\b[a-z]+(?:_[a-z]+)*\.[a-z_]+\b", rule.fix)) & {
        text for text in re.findall(r"[\w.]+", rule.fix) if "_" in text
    }
    told = (set(SNAKE.findall(rule.fix)) | backticked | dotted) - set(rule.settings)
    have = set().union(*(of_component(name) for name in named)) if named else set()
    assert told - have == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.kind.rpartition(':')[2]}")
def test_the_properties_of_a_case_are_those_of_the_resource(case: Case) -> None:
    examples = [*case.passes, *case.waits, *(props for props, _ in case.fails)]
    if of_type(case.kind):
        assert {name for props in examples for name in props} - of_type(case.kind) == set()
