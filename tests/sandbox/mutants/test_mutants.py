"""Every statement, permission and condition in the policies of our programs counts: without it AWS refuses, and so does the sandbox."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.support.components.mocks import REGION, build
from tests.support.sandbox.mutants.changes import Mutant, mutants
from tests.support.sandbox.mutants.programs import ROOT, program
from tests.support.sandbox.mutants.world import World

PROGRAMS = ["platform", "fanout", "shared-load-balancer", "encrypted"]
UNASKED = {
    "ecr:BatchCheckLayerAvailability": "AWS's guide lists it; a pull does not ask for it",
    "logs:DescribeLogGroups": "flow logs have their group already",
    "sqs:GetQueueUrl": "the workers are given the URL",
    "ssmmessages:CreateControlChannel": "the sandbox has no Session Manager",
    "ssmmessages:CreateDataChannel": "the sandbox has no Session Manager",
    "ssmmessages:OpenControlChannel": "the sandbox has no Session Manager",
    "ssmmessages:OpenDataChannel": "the sandbox has no Session Manager",
}
"""Permissions that no call of the programs needs, and why they are there."""
pytestmark = pytest.mark.filterwarnings("ignore:aws.ec2/encryptioncontrol:DeprecationWarning")


@pytest.fixture(scope="module", params=PROGRAMS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A program's policies in a cloud of their own."""
    with pytest.MonkeyPatch.context() as patched, mock_aws():
        patched.chdir(ROOT)
        session = boto3.Session("key", "secret", region_name=REGION)
        built = build(program(request.param, World.stored(session)))
        made = World(session, built)
        made.fill()
        yield made


def every_mutant(world: World) -> list[Mutant]:
    return [mutant for name, document in world.documents.items() for mutant in mutants(name, document)]


def test_nothing_that_a_whole_program_does_is_refused(world: World) -> None:
    assert world.refusals() == []


def test_every_mutant_is_refused(world: World) -> None:
    survivors = []
    for mutant in every_mutant(world):
        world.put(mutant.policy, mutant.document)
        if not world.refusals() and not any(mutant.says.endswith(f"lacks {action}") for action in UNASKED):
            survivors.append(f"{mutant.policy}: {mutant.says}")
        world.put(mutant.policy, world.documents[mutant.policy])
    assert survivors == []
