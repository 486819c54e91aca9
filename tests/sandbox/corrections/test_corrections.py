"""The list of moto's corrections: each has a service and a reason, stands alone, and can be taken back."""

import subprocess
import sys
from collections.abc import Callable
from importlib import metadata

import pytest
from moto import mock_aws
from moto.ec2.models import ec2_backends
from moto.ecs.models import EC2ContainerServiceBackend
from moto.eks.responses import EKSResponse
from moto.elbv2.models import elbv2_backends

from slipway_sandbox import corrections
from slipway_sandbox.corrections._decorator import adds, corrects
from tests.sandbox.conftest import ROOT

SERVICES = {
    "acm", "application_autoscaling", "cloudformation", "cloudwatch", "core", "dynamodb", "ec2", "ecr", "ecs", "eks", "elbv2", "events",
    "iam", "s3", "scheduler", "servicediscovery", "sns", "sqs", "stepfunctions", "sts",
}  # fmt: skip


def test_every_correction_says_what_moto_does_and_what_aws_does() -> None:
    assert metadata.version("moto") == "5.2.5", "look at each correction anew: moto may have mended it"
    declared = corrections.declared()
    assert {correction.service for correction in declared} == SERVICES
    for correction in declared:
        assert correction.target.startswith("moto."), correction.target
        assert correction.why.startswith("moto"), correction.target
        assert correction.why.endswith("."), correction.target
        assert any(mark in correction.why for mark in ("; ", ", and ")), f"{correction.target} says one side only"


def test_a_correction_of_something_that_moto_has_is_not_called_new() -> None:
    """In a process of its own, where nothing is corrected yet."""
    script = """
from slipway_sandbox import corrections
from slipway_sandbox.corrections._decorator import ABSENT
for correction in corrections.declared():
    assert (correction.slot.read() is ABSENT) is correction.is_new, correction.target
corrections.install()
for correction in corrections.declared():
    assert correction.slot.read() is not ABSENT, correction.target
before = {correction.target: id(correction.slot.read()) for correction in corrections.declared()}
corrections.install()
assert before == {correction.target: id(correction.slot.read()) for correction in corrections.declared()}
corrections.remove()
for correction in corrections.declared():
    assert (correction.slot.read() is ABSENT) is correction.is_new, correction.target
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT / "sandbox", check=True)


def test_the_page_of_corrections_is_up_to_date() -> None:
    script = "from slipway_sandbox.corrections.__main__ import page; print(page(), end='')"
    printed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT / "sandbox", stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    assert (ROOT / "docs" / "sandbox-corrections.md").read_text() == printed, "run `make docs`"


def test_what_is_removed_is_moto_s_own_again_and_can_be_installed_anew() -> None:
    corrections.install()
    corrected = EC2ContainerServiceBackend.list_clusters
    corrections.remove()
    try:
        assert EC2ContainerServiceBackend.list_clusters is not corrected
        assert EC2ContainerServiceBackend.list_clusters.__code__.co_filename.endswith("moto/ecs/models.py")
        assert not hasattr(EKSResponse, "list_addons")
    finally:
        corrections.install()
    assert hasattr(EKSResponse, "list_addons")


def test_two_corrections_of_one_method_are_an_error_where_the_second_is_declared() -> None:
    corrections.declared()
    with pytest.raises(
        ValueError, match=r"EC2ContainerServiceBackend.list_clusters is corrected twice: in ecs and in "
    ):

        @corrects(EC2ContainerServiceBackend.list_clusters, why="moto lists deleted clusters; ECS does not.")
        def list_clusters(original: Callable[..., list[str]], self: EC2ContainerServiceBackend) -> list[str]:
            return original(self)

    with pytest.raises(ValueError, match=r"EKSResponse.list_addons is corrected twice"):

        @adds(EKSResponse, why="moto has no add-ons; EKS has.")
        def list_addons(self: EKSResponse) -> None:
            """Never declared."""


def test_a_correction_without_an_argument_of_moto_s_is_an_error_where_it_is_declared() -> None:
    reason = "moto answers the service; ECS does, too."
    with pytest.raises(TypeError, match=r"^scale corrects .* with the argument service; take it, too$"):

        @corrects(EC2ContainerServiceBackend.delete_task_set, why=reason)
        def scale(original: Callable[..., object], self: EC2ContainerServiceBackend, cluster: str) -> object:
            return original(self, cluster)


def test_a_correction_gets_by_name_what_it_does_not_take_by_position() -> None:
    """CloudFormation makes listeners with all arguments by position, the ELB API with all by name."""
    corrections.install()
    with mock_aws():
        backend = elbv2_backends["123456789012"]["eu-west-1"]
        subnet_ids = [subnet.id for subnet in ec2_backends["123456789012"]["eu-west-1"].describe_subnets()][:2]
        balancer = backend.create_load_balancer("web", [], subnet_ids)
        listener = backend.create_listener(balancer.arn, "HTTP", "80", "", None, [])
        assert (listener.protocol, listener.port) == ("HTTP", "80")
