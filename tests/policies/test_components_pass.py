"""Every component passes every rule, advisory ones too, with the fewest arguments and with all of them."""

from typing import Any

import pytest

from policies.registry import rules
from tests.policies.analyzer import Node, analyze, analyze_stack, ours

NAMES = [
    "Bastion",
    "Cluster",
    "ContainerImage",
    "FanOut",
    "FargateService",
    "Network",
    "Queue",
    "QueueWorker",
    "Topic",
]
# Named only when a component is built: pulumi-aws, which that imports, says so of one of its own types.
pytestmark = pytest.mark.filterwarnings("ignore:aws.ec2/encryptioncontrol:DeprecationWarning")


def plain(value: Any) -> Any:
    """Inputs as the engine sends them; assets are opaque to the rules."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def registered(name: str, *, all_arguments: bool) -> list[Node]:
    """What the component registers, with the ARNs and URLs that AWS would give."""
    from tests.unit import samples, support

    arguments = (samples.RICHEST if all_arguments else samples.FEWEST)[name]
    built = support.build(lambda: samples.COMPONENTS[name]("orders", arguments))
    nodes = []
    for resource in built.resources:
        given = {
            "arn": f"arn:aws:{resource.type.split(':')[1].split('/')[0]}:{support.REGION}:{support.ACCOUNT}:{resource.name}",
            "url": f"https://sqs.{support.REGION}.amazonaws.com/{support.ACCOUNT}/{resource.name}",
        }
        nodes.append(Node(resource.type, resource.name, given | plain(resource.inputs)))
    return nodes


@pytest.mark.parametrize("all_arguments", [False, True], ids=["fewest", "all"])
@pytest.mark.parametrize("name", NAMES)
def test_a_component_passes_every_rule(name: str, all_arguments: bool) -> None:
    servicer = ours()
    nodes = registered(name, all_arguments=all_arguments)
    shown = [one for node in nodes for one in analyze(servicer, node.type, node.props, node.name)]
    assert [*shown, *analyze_stack(servicer, *nodes)] == []


def test_no_component_is_left_out() -> None:
    from tests.unit import samples

    assert sorted(samples.COMPONENTS) == NAMES


def test_each_rule_over_a_resource_has_judged_a_component() -> None:
    met = {node.type for name in NAMES for node in registered(name, all_arguments=True)}
    unmet = {rule.name for rule in rules() if rule.types and not met.intersection(rule.types)}
    assert unmet == set()


def test_a_fan_out_without_its_queue_policies_is_found() -> None:
    nodes = [node for node in registered("FanOut", all_arguments=False) if "queuePolicy" not in node.type]
    assert [one.rule for one in analyze_stack(ours(), *nodes)] == ["sns-to-sqs-queue-policy"]
