"""Promises of every component."""

import ast
import inspect
import itertools
import json
import textwrap
import typing
from typing import Any

import pytest
from pulumi.provider.experimental.component import ComponentProvider

import slipway
from slipway.worker._worker_args import OWN_KEYS
from tests.support.components.built_samples import CASES, NAME, SAMPLES, built, built_with_outputs
from tests.support.components.mocks import build
from tests.support.components.registrations import FOLDER, file_of, registered
from tests.support.components.samples import COMPONENTS, FEWEST, RICHEST


def descriptions(shape: type) -> dict[str, str]:
    """Attribute to the docstring under it."""
    body = typing.cast("ast.ClassDef", ast.parse(textwrap.dedent(inspect.getsource(shape))).body[0]).body
    found = {}
    for attribute, below in itertools.pairwise(body):
        if isinstance(attribute, ast.AnnAssign) and isinstance(attribute.target, ast.Name):
            is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            found[attribute.target.id] = str(below.value.value) if is_text else ""  # type: ignore[attr-defined]
    return found


def test_every_component_has_samples() -> None:
    assert set(COMPONENTS) == set(FEWEST) == set(RICHEST)


@pytest.mark.parametrize("kind", COMPONENTS)
def test_the_richest_sample_sets_every_argument(kind: str) -> None:
    keys = set(inspect.get_annotations(getattr(slipway, f"{kind}Args")))
    left_out = {
        "Bastion": {"key_file", "key_algorithm"},  # exclude public_key
        # They exclude scaling, load_balancer, permissions, the settings of a log of its own, and without_verdict.
        "FargateService": {"keep_scaled_count", "listener", "execution_role_arn", "task_role_arn", "log_group_arn"}
        | {"verdict_role_arn"},
        "Cluster": {"cluster_name", "service_connect_namespace_arn"},  # take what is there
        # Excludes context; the owner's; exclude cache_from.
        "ContainerImage": {"image_uri", "repository_url", "build_secrets", "push_dockerfile"},
        # Are those of an existing cluster; exclude node_groups.
        "EksCluster": {"cluster_name", "deployer_role_arn", "node_pools"},
        "FanOut": {"topic_arn", "create_kms_key"},  # exclude kms_key_arn
        # Takes a new queue, and the same existing parts as a service.
        "Job": {"dead_letter_queue_arn", "execution_role_arn", "task_role_arn", "log_group_arn"},
        "Queue": {"kms_key_arn"},  # excludes create_kms_key
        "QueueWorker": {"backlog_per_task", "verdict_role_arn"},  # follows from the latency; excludes without_verdict
        "Topic": {"create_kms_key"},  # excludes kms_key_arn
        # Excludes availability_zones, goes with nat instance, and takes a VPC as it is.
        "Network": {"zone_count", "nat_instance_type", "refresh_nat_ami"}
        | {"vpc_id", "public_subnet_ids", "private_subnet_ids", "isolated_subnet_ids"},
    }
    assert keys - set(RICHEST[kind]) == left_out.get(kind, set())


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_the_token_is_the_class_name(kind: str, case: str) -> None:
    outer = built(kind, case).resources[0]
    assert (outer.type, outer.name) == (f"slipway:index:{kind}", NAME)


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_children_are_parented_and_carry_the_name(kind: str, case: str) -> None:
    for child in built(kind, case).resources[1:]:
        assert child.parents[0].startswith("slipway:index:"), f"{child.urn} has no component for a parent"
        assert child.name == NAME or child.name.startswith(f"{NAME}-"), f"{child.name} does not start with the name"


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_every_output_that_a_program_sees_is_registered_in_camel_case(kind: str, case: str) -> None:
    outer, seen = built_with_outputs(kind, case)
    assert outer.component_outputs(kind) == {key: value for key, value in seen.items() if value is not None}


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_every_registration_is_as_written_down(kind: str, case: str) -> None:
    written = file_of(kind, case).read_text().splitlines()
    assert registered(built(kind, case)) == written, "if it is meant, `make docs` writes it down"


def test_nothing_is_written_down_of_what_is_no_sample() -> None:
    assert set(FOLDER.iterdir()) == {file_of(kind, case) for kind, case in CASES}


@pytest.mark.parametrize("kind", COMPONENTS)
def test_an_unknown_argument_registers_nothing(kind: str) -> None:
    def construct() -> None:
        with pytest.raises(slipway.ArgumentError, match=rf"^{kind} 'shop': colour is not an argument; "):
            COMPONENTS[kind](NAME, FEWEST[kind] | {"colour": "red"})

    assert build(construct).resources == []


@pytest.mark.parametrize(
    ("kind", "case", "limit", "allowed", "appended"),
    [
        ("Bastion", "fewest", 56, 64, 8),
        ("Bastion", "richest", 47, 64, 17),
        ("Cluster", "fewest", 247, 255, 8),
        ("EksCluster", "fewest", 50, 64, 14),
        ("FanOut", "richest", 45, 64, 19),
        ("FargateService", "fewest", 46, 64, 18),
        ("Host", "fewest", 56, 64, 8),
        ("LoadBalancer", "fewest", 24, 32, 8),
        ("Network", "fewest", 51, 64, 13),
        ("Queue", "fewest", 62, 80, 18),
        ("QueueWorker", "fewest", 46, 64, 18),
        ("Topic", "fewest", 243, 256, 13),
    ],
)
def test_a_name_too_long_for_a_child_registers_nothing(
    kind: str, case: str, limit: int, allowed: int, appended: int
) -> None:
    name = "a" * (limit + 1)
    sentence = f"the name must be at most {limit} characters, got {limit + 1}; AWS allows {allowed} and {appended} are"

    def construct() -> None:
        with pytest.raises(slipway.ArgumentError, match=rf"^{kind} '{name}': {sentence} appended$"):
            COMPONENTS[kind](name, SAMPLES[case][kind])

    assert build(construct).resources == []


@pytest.mark.parametrize("name", [name for name in slipway.__all__ if name.endswith("Args")])
def test_arguments_are_described_with_their_defaults(name: str) -> None:
    shape = getattr(slipway, name)
    hints, texts = inspect.get_annotations(shape), descriptions(shape)
    for key in hints:
        assert texts.get(key), f"{name}.{key} has no description"
        stated = "Default:" in texts[key] or "Set this or" in texts[key]
        assert stated == (key in shape.__optional_keys__), f"{name}.{key}: {texts[key]}"


def test_what_a_worker_shares_with_a_service_is_the_same_in_both() -> None:
    worker, service = slipway.QueueWorkerArgs, slipway.FargateServiceArgs
    shared = set(inspect.get_annotations(worker)) - OWN_KEYS
    assert shared <= set(inspect.get_annotations(service))
    for key in shared:
        assert inspect.get_annotations(worker)[key] == inspect.get_annotations(service)[key], key
    in_worker, in_service = descriptions(worker), descriptions(service)
    assert {key for key in shared if in_worker[key] != in_service[key]} == {
        "cluster_arn",
        "environment",
        "deployment",
        "deployment_timeout_seconds",
        "permissions",
        "spot_percent",
        "stop_timeout_seconds",
        "subnet_ids",
    }, "a description differs where the worker has more to say, and nowhere by oversight"


@pytest.mark.parametrize("kind", COMPONENTS)
def test_outputs_are_described(kind: str) -> None:
    component = typing.cast("type", COMPONENTS[kind])
    assert set(descriptions(component)) == set(inspect.get_annotations(component))
    assert all(descriptions(component).values())


def test_the_schema_has_every_component_with_descriptions() -> None:
    provider = ComponentProvider([typing.cast("type", it) for it in COMPONENTS.values()], "slipway", version="0.1.0")
    schema: dict[str, Any] = json.loads(provider.schema or "{}")
    assert set(schema["resources"]) == {f"slipway:index:{kind}" for kind in COMPONENTS}
    for token, resource in schema["resources"].items():
        described = {**resource["inputProperties"], **resource["properties"]}
        assert [key for key, it in described.items() if not it.get("description")] == [], token
        assert resource["description"]


def test_the_public_names_are_these() -> None:
    assert slipway.__all__ == sorted(slipway.__all__)
    assert set(slipway.__all__) == {
        "ArgumentError",
        "BuildSecretArgs",
        "EksAddOnArgs",
        "EksNodeGroupArgs",
        "FanOutQueueArgs",
        "QueueWorkerQueueArgs",
        "QueueWorkerTopicArgs",
        "SenderArgs",
        "ContainerHealthCheckArgs",
        "RetryOnErrorArgs",
        "RunBeforeArgs",
        "ScalingArgs",
        "ScheduleArgs",
        "DeploymentArgs",
        "ListenerArgs",
        "ListenerRuleArgs",
        "MountPointArgs",
        "PeerArgs",
        "ServiceConnectArgs",
        "SidecarArgs",
        "VolumeArgs",
        "PermissionArgs",
        "BastionTargetArgs",
        "HostInboundArgs",
        "NetworkAclArgs",
        "GuardError",
        "guard",
        "next_runs",
        "speed_up_program",
        "unless_passed",
        "LinkArgs",
        "Platform",
        "SharedPlatformArgs",
        "PlatformCluster",
        "PlatformLoadBalancer",
        "PlatformNetwork",
        "PlatformQueue",
        "PlatformTopic",
        "SharedQueueArgs",
        "SharedTopicArgs",
        "export_platform",
    } | {name + suffix for name in COMPONENTS for suffix in ("", "Args")}
