"""Two hundred services and workers with generated arguments: all are made, and the pack finds nothing in any of them."""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import pytest

from tests.support.policies.analyzer import Node, Shown, analyze, analyze_stack, start_pack
from tests.support.policies.registrations import registered_nodes

pytestmark = pytest.mark.filterwarnings("ignore:aws.ec2/encryptioncontrol:DeprecationWarning")
COUNT = 200
BATCH = 20  # built at once: a program has more than one component


@cache
def batches() -> list[list[Node]]:
    """The registered resources of the components, some at a time."""
    from tests.support.components.generated_specs import specs
    from tests.support.components.mocks import build
    from tests.support.components.samples import COMPONENTS

    made = list(enumerate(specs(COUNT)))

    def construct(part: int) -> None:
        for number, (kind, args) in made[part : part + BATCH]:
            COMPONENTS[kind](f"s{number}", args | on_a_listener_of_its_own(args, number))

    return [registered_nodes(build(partial(construct, part))) for part in range(0, COUNT, BATCH)]


def on_a_listener_of_its_own(args: dict[str, Any], number: int) -> dict[str, Any]:
    """Another listener for each spec with a shared one, as two of them may match the same requests."""
    if "listener" not in args:
        return {}
    return {"listener": args["listener"] | {"listener_arn": f"{args['listener']['listener_arn']}{number}"}}


def found() -> Iterator[Shown]:
    """The pack's findings on all of them."""
    servicer = start_pack()
    for nodes in batches():
        for node in nodes:
            yield from analyze(servicer, node.type, node.props, node.name)
        yield from analyze_stack(servicer, *nodes)


def test_every_spec_is_made_and_passes_every_rule() -> None:
    services = [node.name for nodes in batches() for node in nodes if node.type == "aws:ecs/service:Service"]
    assert len(services) == COUNT
    # Those that have no certificate are told that they should.
    assert [one for one in found() if (one.rule, one.level) != ("lb-listener-https", "advisory")] == []


@pytest.mark.parametrize(
    "kind",
    ["aws:lb/listenerRule:ListenerRule", "aws:appautoscaling/policy:Policy", "aws:cloudwatch/metricAlarm:MetricAlarm"],
)
def test_the_specs_ask_for_what_is_seldom_asked_for(kind: str) -> None:
    assert any(node.type == kind for nodes in batches() for node in nodes)
