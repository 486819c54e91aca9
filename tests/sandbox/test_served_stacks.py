"""The sandbox's providers serve the stacks `sandbox` and `sandbox-...`, and others only where the user says so."""

import os
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.served_stacks import VARIABLE, is_served
from tests.support.sandbox.provider_world import provider
from tests.support.sandbox.pulumi_project import project_of

os.environ.update(MOTO_ENVIRONMENT)

SENTENCE = (
    "stack 'test' does not deploy to the sandbox, to which this shell is attached; take a stack named sandbox or "
    "sandbox-..., set SLIPWAY_SANDBOX_STACKS=test to allow it, or open a new shell to deploy it to AWS"
)
QUEUE = """
import pulumi_aws as aws

aws.sqs.Queue("work")
"""


@pytest.fixture(scope="module")
def provider_port() -> Iterator[int]:
    with provider() as (port, _):
        yield port


@pytest.mark.parametrize(
    ("stack", "named", "served"),
    [
        ("sandbox", "", True),
        ("sandbox-me", "", True),
        ("dev", "", False),
        ("sandboxes", "", False),
        ("dev", "dev", True),
        ("dev", "test, dev", True),
        ("ci-7", "dev,ci-*", True),
        ("prod", "dev,ci-*", False),
        ("prod", "*", True),
    ],
)
def test_a_stack_is_served_by_its_name_or_by_the_variable(stack: str, named: str, served: bool) -> None:
    assert is_served(stack, {VARIABLE: named}) is served


def test_the_engine_is_refused_when_it_checks_the_provider(provider_port: int) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{provider_port}") as channel:
        asked = provider_pb2.CheckRequest(urn="urn:pulumi:test::shop::pulumi:providers:aws::default")
        answered = provider_pb2_grpc.ResourceProviderStub(channel).CheckConfig(asked)
    assert [failure.reason for failure in answered.failures] == [SENTENCE]


@pytest.mark.engine
def test_a_stack_of_another_name_makes_nothing_and_one_that_is_there_can_go(provider_port: int, tmp_path: Path) -> None:
    (tmp_path / "queue.py").write_text(QUEUE)
    (tmp_path / "project").mkdir()
    project = project_of(tmp_path / "queue.py", tmp_path / "project", provider_port)
    refused = project.run("up", "--yes", "--skip-preview", ok=False, SLIPWAY_SANDBOX_STACKS="")
    assert f"has a problem: {SENTENCE}" in refused
    assert "rpc error" not in refused
    assert "work" not in project.state()
    project.run("up", "--yes", "--skip-preview")
    assert "work" in project.state()
    project.run("destroy", "--yes", "--skip-preview", SLIPWAY_SANDBOX_STACKS="")
