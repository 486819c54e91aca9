"""What a task may be given: the arguments that FargateService and QueueWorker have in common, and the service's own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway import ArgumentError
from slipway.task._fargate_sizes import MEMORY_MIB, task_size
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BALANCER, BEHIND_BALANCER, TASK, TOPIC, WORKER

FargateService = COMPONENTS["FargateService"]
QueueWorker = COMPONENTS["QueueWorker"]
SIZES = [
    (256, 512), (256, 2048), (512, 1024), (512, 4096), (1024, 2048), (1024, 8192), (2048, 4096), (2048, 16384),
    (4096, 8192), (4096, 30720), (8192, 16384), (8192, 61440), (16384, 32768), (16384, 122880),
]  # fmt: skip


@pytest.mark.parametrize(("cpu", "memory_mib"), SIZES)
def test_the_bounds_of_the_published_table_are_offered(cpu: int, memory_mib: int) -> None:
    assert task_size("T", float(cpu), float(memory_mib)) == (cpu, memory_mib)


@given(st.sampled_from(sorted(MEMORY_MIB)), st.integers(1, 130000))
def test_a_size_is_offered_exactly_when_the_table_has_it(cpu: int, memory_mib: int) -> None:
    if memory_mib in MEMORY_MIB[cpu]:
        assert task_size("T", cpu, memory_mib) == (cpu, memory_mib)
    else:
        with pytest.raises(ArgumentError):
            task_size("T", cpu, memory_mib)


COMMON = [
    Refused(
        {"cpu": 300}, "cpu must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 300; 1024 units are one vCPU"
    ),
    Refused(
        {"cpu": 256, "memory_mib": 8192},
        "memory_mib must be one of 512, 1024, 2048 with cpu 256, got 8192; "
        "take 2048 or less, or cpu 1024 or 2048 or 4096",
    ),
    Refused(
        {"cpu": 1024, "memory_mib": 512},
        "memory_mib must be 2048-8192 in steps of 1024 with cpu 1024, got 512; take 2048, or cpu 256",
    ),
    Refused(
        {"cpu": 512, "memory_mib": 1500},
        "memory_mib must be one of 1024, 2048, 3072, 4096 with cpu 512, got 1500; take 2048",
    ),
    Refused(
        {"container_name": "web 1"},
        "container_name must be at most 255 letters, digits, hyphens and underscores, got 'web 1'; write it like web",
    ),
    Refused({"architecture": "amd64"}, "architecture must be one of x86_64, arm64, got 'amd64'; did you mean arm64?"),
    Refused({"user": "root"}, "user must not be root, got 'root'; give the number of a user, such as 10001"),
    Refused({"user": "0:1000"}, "user must not be root, got '0:1000'; give the number of a user, such as 10001"),
    Refused({"stop_timeout_seconds": 121}, "stop_timeout_seconds must be a whole number 2-120, got 121"),
    Refused({"environment": {"A-B": "1"}}, "environment must be named by letters, digits and underscores, got 'A-B'"),
    *(
        Refused(
            {argument: {key: "x"}},
            f"{argument} must not set {key}; a task gets its credentials from its role, use permissions",
        )
        for argument in ("environment", "secrets")
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    ),
    Refused(
        {"secrets": {"PASSWORD": "hunter2"}},
        "secrets.PASSWORD must be the ARN of a Secrets Manager secret or an SSM parameter, got something else; "
        "put the value there and give its ARN",
    ),
    Refused(
        {"environment": {"A": "1"}, "secrets": {"A": "arn:aws:ssm:eu-west-1:123456789012:parameter/a"}},
        "set A in environment or secrets, got both",
    ),
    Refused(
        {"permissions": [{"actions": ["sns:*"], "resources": [TOPIC]}]},
        "permissions[0].actions must not open a whole service, got 'sns:*'; "
        "name the actions one by one, such as sns:Publish",
    ),
    Refused(
        {"permissions": [{"actions": ["*"], "resources": [TOPIC]}]},
        "permissions[0].actions must not open a whole service, got '*'; name the actions one by one, such as sns:Publish",
    ),
    Refused(
        {"permissions": [{"actions": ["sns:Publish"], "resources": []}]},
        "permissions[0].resources must have at least one entry, got none; for example the ARN of a topic",
    ),
    Refused(
        {"permissions": [{"actions": [], "resources": [TOPIC]}]},
        "permissions[0].actions must have at least one entry, got none; for example sns:Publish",
    ),
    Refused(
        {"permissions": [{"actions": ["sns:Publish"], "resource": ["arn"]}]},
        "permissions[0].resource is not an argument; did you mean resources?",
    ),
    Refused({"image": None}, "image is required, got nothing; give it a value"),
    Refused({"command": "python -m app"}, "command must be a list, got 'python -m app'"),
]

SERVICE = [
    Refused({"desired_count": -1}, "desired_count must be a whole number 0-5000, got -1"),
    Refused({"container_port": 70000}, "container_port must be a whole number 1-65535, got 70000"),
    Refused(
        {"load_balancer": BALANCER},
        "load_balancer needs container_port, got none; set the port the image listens on",
    ),
    Refused(
        {"health_check_path": "/ready"},
        "health_check_path needs load_balancer or listener, got none; set load_balancer or leave health_check_path out",
    ),
    Refused(
        {"deregistration_delay_seconds": 5},
        "deregistration_delay_seconds needs load_balancer or listener, got none; "
        "set load_balancer or leave deregistration_delay_seconds out",
    ),
    Refused(
        BEHIND_BALANCER | {"health_check_path": "ready"},
        "health_check_path must start with / and have no spaces, in at most 1024 characters of ASCII, got 'ready'",
    ),
    Refused(
        BEHIND_BALANCER | {"deregistration_delay_seconds": 3601},
        "deregistration_delay_seconds must be a whole number 0-3600, got 3601",
    ),
    Refused(
        BEHIND_BALANCER | {"load_balancer": BALANCER | {"allowed_cidr_blocks": []}},
        "load_balancer.allowed_cidr_blocks must have at least one entry, got none; "
        "for example your office's network, or 0.0.0.0/0 for everyone",
    ),
    Refused(
        BEHIND_BALANCER | {"load_balancer": {"subnet_ids": ["subnet-0000000a", "subnet-0000000b"]}},
        "load_balancer.allowed_cidr_blocks is required where no other source is named, got nothing; set allowed_cidr_blocks "
        "to your office's network or to 0.0.0.0/0 for everyone, allowed_prefix_list_ids or allowed_security_group_ids",
    ),
    Refused(
        BEHIND_BALANCER | {"load_balancer": BALANCER | {"allowed_cidr_blocks": ["10.0.0.1/8"]}},
        "load_balancer.allowed_cidr_blocks[0] must be an IPv4 network, got '10.0.0.1/8'; "
        "the network of that address is 10.0.0.0/8",
    ),
    Refused(
        BEHIND_BALANCER | {"load_balancer": BALANCER | {"allowed_cidrs": []}},
        "load_balancer.allowed_cidrs is not an argument; did you mean allowed_cidr_blocks?",
    ),
    Refused(
        BEHIND_BALANCER | {"load_balancer": BALANCER | {"certificate_arn": "shop.example"}},
        "load_balancer.certificate_arn must be the ARN of a certificate, got 'shop.example'",
    ),
    Refused(
        BEHIND_BALANCER | {"load_balancer": BALANCER | {"subnet_ids": ["subnet-00000003"]}},
        "load_balancer.subnet_ids must be of two zones at least, got 1",
    ),
]


@pytest.mark.parametrize(("args", "says"), COMMON + SERVICE)
def test_a_service_that_cannot_run_is_refused(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: FargateService("api", TASK | args)) == f"FargateService 'api': {says}"


@pytest.mark.parametrize(("args", "says"), COMMON)
def test_a_worker_that_cannot_run_is_refused_in_its_own_name(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: QueueWorker("work", WORKER | args)) == f"QueueWorker 'work': {says}"


def test_a_name_too_long_for_a_load_balancer_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        FargateService("a" * 25, BEHIND_BALANCER)
    rule = "the name must be at most 24 characters, got 25; AWS allows 32 and 8 are appended"
    assert str(caught.value) == f"FargateService '{'a' * 25}' load_balancer: {rule}"
