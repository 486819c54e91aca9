"""Every component passes every rule of the baseline, with the fewest arguments and with all; other profiles are told."""

import ast
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from slipway_policies.engine.pack import Pack
from slipway_policies.rules import all_rules, resource_rules
from tests.support.policies.analyzer import Node, Shown, analyze, analyze_stack, start_pack
from tests.support.policies.registrations import registered_nodes

EXPORTS = ast.parse((Path(__file__).parents[3] / "components" / "slipway" / "__init__.py").read_text())
EXPORTED = {
    name
    for node in EXPORTS.body
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    for name in ast.literal_eval(node.value)
}
NAMES = sorted(name for name in EXPORTED if f"{name}Args" in EXPORTED)  # components, which all have arguments
# What the rules still ask of a component; shorter is better.
KNOWN_FINDINGS: dict[str, dict[str, set[str]]] = {
    # A queue that is not the fan-out's own has no dead-letter queue that it knows; key_name, one of all arguments, names
    # a key pair of nobody's stack.
    # allowed_cidr_blocks, one of all arguments, lets named networks in.
    "baseline": {
        "EksCluster": {"eks-endpoint-not-public"},
        "FanOut": {"sns-subscription-redrive"},
        "Host": {"bastion-key-pair"},
    },
    "prod": {
        # The fewest arguments name no topic that alarms could tell.
        "FanOut": {"dlq-depth-alarm", "sqs-depth-alarm"},
        "Queue": {"dlq-depth-alarm", "sqs-depth-alarm"},
        "Cluster": {"ecs-cluster-exec-encrypted"},
        "EksCluster": {"eks-deletion-protection"},
        "ContainerImage": {"ecr-no-force-delete"},  # force_delete, one of all arguments, asks for it
        "FargateService": {"lb-access-logs", "ecs-service-exec-disabled"},  # one of all arguments asks for exec
        "Job": {"dlq-depth-alarm"},  # its alarm counts the starts that failed where they fail
        "QueueWorker": {"ecs-service-exec-disabled"},
        "LoadBalancer": {"lb-access-logs", "lb-deletion-protection", "lb-waf-associated"},
    },
    "fsbp": {
        "LoadBalancer": {"lb-access-logs", "lb-deletion-protection", "lb-waf-associated"},
        "ContainerImage": {"ecr-cmk-encryption"},
        "FargateService": {"lb-access-logs", "tg-healthcheck-encrypted", "tg-protocol-encrypted"},
    },
    "cis": {"FargateService": {"lb-access-logs"}, "LoadBalancer": {"lb-access-logs"}},
}
# Named only when a component is built: pulumi-aws, which that imports, says so of one of its own types.
pytestmark = pytest.mark.filterwarnings("ignore:aws.ec2/encryptioncontrol:DeprecationWarning")


@cache
def registered(name: str, *, all_arguments: bool) -> list[Node]:
    """The resources of the component."""
    from tests.support.components import mocks as support
    from tests.support.components import samples

    arguments = (samples.RICHEST if all_arguments else samples.FEWEST)[name]
    return registered_nodes(support.build(lambda: samples.COMPONENTS[name]("orders", arguments)))


def judged(profile: str, name: str, nodes: list[Node]) -> list[Shown]:
    """The pack's findings on a component under a profile."""
    servicer = start_pack(Pack([replace(rule, level=rule.level_in(profile)) for rule in all_rules()]))
    shown = [one for node in nodes for one in analyze(servicer, node.type, node.props, node.name)]
    return [*shown, *analyze_stack(servicer, *nodes)]


@pytest.mark.parametrize("all_arguments", [False, True], ids=["fewest", "all"])
@pytest.mark.parametrize("name", NAMES)
def test_a_component_passes_every_rule(name: str, all_arguments: bool) -> None:
    found = judged("baseline", name, registered(name, all_arguments=all_arguments))
    assert [one for one in found if one.rule not in KNOWN_FINDINGS["baseline"].get(name, set())] == []
    assert {one.level for one in found} <= {"advisory"}


@pytest.mark.parametrize("profile", ["prod", "fsbp", "cis"])
@pytest.mark.parametrize("name", NAMES)
def test_a_stricter_profile_finds_in_a_component_what_is_known_and_nothing_mandatory(name: str, profile: str) -> None:
    found = {one for rich in (False, True) for one in judged(profile, name, registered(name, all_arguments=rich))}
    known = KNOWN_FINDINGS["baseline"].get(name, set()) | KNOWN_FINDINGS[profile].get(name, set())
    assert {one.rule for one in found} <= known
    assert {one.level for one in found} <= {"advisory"}


def test_each_rule_over_a_type_that_components_make_has_judged_one() -> None:
    met = {node.type for name in NAMES for node in registered(name, all_arguments=True)}
    unmet = {rule.name for rule in resource_rules() if not met.intersection(rule.types)}
    assert {name.partition("-")[0] for name in unmet} <= {
        "alarm",
        "ecr",
        "ecs",
        "eks",
        "iam",
        "kms",
        "nacl",
        "vpc",
    }
    assert {name for name in unmet if name.startswith(("ecr", "ecs", "iam"))} <= {
        "ecr-policy-not-public",
        "ecs-capacity-provider-protection",
        "iam-no-user",
        "iam-no-user-policy",
    }


def test_a_fan_out_without_its_queue_policies_is_found() -> None:
    nodes = [node for node in registered("FanOut", all_arguments=False) if "queuePolicy" not in node.type]
    found = analyze_stack(start_pack(), *nodes)
    assert {one.rule for one in found} == {"sns-to-sqs-queue-policy"}
    places = [one.message.splitlines()[1].split()[0] for one in found]
    assert places == ["redrivePolicy", "endpoint"], (
        "what SNS could not deliver goes to a queue that has to let it in too"
    )


def test_a_fix_names_arguments_that_components_have() -> None:
    import slipway

    arguments = {
        key for name in dir(slipway) if name.endswith("Args") for key in getattr(slipway, name).__annotations__
    }
    named = {(rule.name, word) for rule in all_rules() for word in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", rule.fix)}
    assert {(rule, word) for rule, word in named if word not in arguments} == set()


@pytest.mark.parametrize("name", ["Queue", "FanOut"])
def test_queues_whose_alarms_tell_somebody_leave_production_nothing_to_ask(name: str) -> None:
    nodes = registered(name, all_arguments=True)
    assert {one.rule for one in judged("prod", name, nodes)} <= KNOWN_FINDINGS["baseline"].get(name, set())
