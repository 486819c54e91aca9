"""What a service refuses among its newer arguments, each in one sentence: alone, and against one another."""

from typing import Any

import pytest

from slipway.common import Arguments
from slipway.service import ServicePlan, service_plan
from slipway.task import workload
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BALANCER, BEHIND_BALANCER, SECRET, TASK

FargateService = COMPONENTS["FargateService"]
CHECK: dict[str, Any] = {"command": ["CMD", "/check"]}
EXEC_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:exec"
NO_PATH = "writable_paths must be named by absolute paths below /, without . or .. or a / at the end, got"
IN_MEMORY = "they are kept in memory, beside the program; make them smaller or memory_mib larger"


def plan(args: dict[str, Any]) -> ServicePlan:
    """The plan of a service with these arguments."""
    arguments = Arguments("T", args)
    return service_plan(arguments, workload(arguments, "api"))


def check(**changed: Any) -> dict[str, Any]:
    return {"container_health_check": CHECK | changed}


def scaled(**scaling: Any) -> dict[str, Any]:
    return {"scaling": {"max_tasks": 4, "cpu_percent": 60} | scaling}


def balancer(**changed: Any) -> dict[str, Any]:
    return BEHIND_BALANCER | {"load_balancer": BALANCER | changed}


ALONE = [
    Refused({"image": "x y"}, "image must be an image such as python:3.12-slim or ghcr.io/shop/app:1.4, got 'x y'"),
    Refused({"image": ""}, "image must be an image such as python:3.12-slim or ghcr.io/shop/app:1.4, got ''"),
    Refused(
        {"sidecars": {"proxy": {"image": "Proxy:1"}}},
        "sidecars.proxy.image must be an image such as python:3.12-slim or ghcr.io/shop/app:1.4, got 'Proxy:1'",
    ),
    Refused(
        check(command=[]),
        "container_health_check.command must have at least one entry, got none; "
        'for example ["CMD-SHELL", "curl -f http://localhost:8080/health"]',
    ),
    Refused(
        check(command=["curl", "-f"]),
        "container_health_check.command must begin with CMD or CMD-SHELL, got 'curl'; "
        "CMD-SHELL takes one line for /bin/sh, CMD a program and its arguments",
    ),
    Refused(check(command=["CMD"]), "container_health_check.command must have a program after CMD, got 0 parts"),
    Refused(
        check(command=["CMD-SHELL", "curl", "-f"]),
        "container_health_check.command must have exactly one line after CMD-SHELL, got 2 parts",
    ),
    Refused(check(command="curl"), "container_health_check.command must be a list, got 'curl'"),
    Refused(check(interval_seconds=4), "container_health_check.interval_seconds must be a whole number 5-300, got 4"),
    Refused(check(timeout_seconds=61), "container_health_check.timeout_seconds must be a whole number 2-60, got 61"),
    Refused(check(retries=0), "container_health_check.retries must be a whole number 1-10, got 0"),
    Refused(check(start_period_seconds=301), "container_health_check.start_period_seconds must be a whole number 0-300, got 301"),
    Refused(check(retry=1), "container_health_check.retry is not an argument; did you mean retries?"),
    Refused({"container_health_check": {}}, "container_health_check.command is required, got nothing; give it a value"),
    Refused({"writable_paths": {"tmp": 64}}, f"{NO_PATH} 'tmp'"),
    Refused({"writable_paths": {"/": 64}}, f"{NO_PATH} '/'"),
    Refused({"writable_paths": {"/tmp/": 64}}, f"{NO_PATH} '/tmp/'"),
    Refused({"writable_paths": {"//tmp": 64}}, f"{NO_PATH} '//tmp'"),
    Refused({"writable_paths": {"/var/../etc": 64}}, f"{NO_PATH} '/var/../etc'"),
    Refused({"writable_paths": {"/tmp": 0}}, "writable_paths./tmp must be a whole number 1-512, got 0"),
    Refused({"writable_paths": {"/tmp": 513}}, "writable_paths./tmp must be a whole number 1-512, got 513"),
    Refused({"writable_paths": ["/tmp"]}, "writable_paths must be a mapping, got ['/tmp']"),
    Refused({"log_kms_key_arn": "alias/logs"}, "log_kms_key_arn must be the ARN of a KMS key, got 'alias/logs'"),
    Refused({"permissions_boundary_arn": "bound"}, "permissions_boundary_arn must be the ARN of a policy, got 'bound'"),
    Refused(
        {"enable_execute_command": True, "exec_log_group_arn": "exec"},
        "exec_log_group_arn must be the ARN of a log group, got 'exec'",
    ),
    Refused({"enable_execute_command": "yes"}, "enable_execute_command must be true or false, got 'yes'"),
    Refused({"deployment_timeout_seconds": 59}, "deployment_timeout_seconds must be a whole number 60-86400, got 59"),
    Refused({"run_before": {}}, "run_before.command is required, got nothing; give it a value"),
    Refused(
        {"run_before": {"command": []}},
        "run_before.command must have at least one entry, got none; for example "
        '["python", "manage.py", "migrate"]',
    ),
    Refused(
        {"run_before": {"command": ["migrate"], "timeout_seconds": 59}},
        "run_before.timeout_seconds must be a whole number 60-86400, got 59",
    ),
    Refused(
        {"run_before": {"command": ["sh", "-c", "é" * 1300]}},
        "run_before.command must be at most 7692 characters as JSON, got 7816; put it into a script of the image",
    ),
    Refused(
        {"run_before": {"command": ["migrate"], "role_arn": "migrator"}},
        "run_before.role_arn must be the ARN of a role, got 'migrator'",
    ),
    Refused({"without_verdict": 1}, "without_verdict must be true or false, got 1"),
    Refused({"verdict_role_arn": "reads"}, "verdict_role_arn must be the ARN of a role, got 'reads'"),
    Refused(
        {"verdict_role_arn": "arn:aws:iam::123456789012:role/reads", "without_verdict": True},
        "verdict_role_arn cannot be set with without_verdict, whose wait gives no reasons; remove one",
    ),
    Refused({"spot_percent": 101}, "spot_percent must be a whole number 0-100, got 101"),
    Refused({"minimum_healthy_percent": 101}, "minimum_healthy_percent must be a whole number 0-100, got 101"),
    Refused({"maximum_percent": 99}, "maximum_percent must be a whole number 100-200, got 99"),
    Refused({"additional_security_group_ids": "sg-00000001"}, "additional_security_group_ids must be a list, got 'sg-00000001'"),
    Refused(
        {"additional_security_group_ids": ["sg-00000001", "sg-00000002", "sg-00000003", "sg-00000004", "sg-00000005"]},
        "additional_security_group_ids must be at most 4, got 5; a task has five, and one is its own",
    ),
    Refused({"scaling": {"cpu_percent": 60}}, "scaling.max_tasks is required, got nothing; give it a value"),
    Refused(
        {"scaling": {"max_tasks": 4}},
        "scaling needs a metric or a schedule, got none; set cpu_percent, memory_percent, requests_per_target or schedules",
    ),
    Refused(scaled(cpu_percent=0), "scaling.cpu_percent must be a whole number 1-100, got 0"),
    Refused(scaled(memory_percent=150), "scaling.memory_percent must be a whole number 1-100, got 150"),
    Refused(scaled(max_tasks=1), "scaling.max_tasks must be a whole number 2-5000, got 1; min_tasks is 2"),
    Refused(scaled(min_tasks=0), "scaling.min_tasks must be a whole number 1-5000, got 0"),
    Refused(scaled(latency=1), "scaling.latency is not an argument; the arguments are cpu_percent, max_tasks, "
        "memory_percent, min_tasks, requests_per_target, schedules"),
    Refused(balancer(idle_timeout_seconds=0), "load_balancer.idle_timeout_seconds must be a whole number 1-4000, got 0"),
    Refused(BEHIND_BALANCER | {"stickiness_seconds": 604801}, "stickiness_seconds must be a whole number 1-604800, got 604801"),
    Refused(BEHIND_BALANCER | {"health_check_port": 0}, "health_check_port must be a whole number 1-65535, got 0"),
    Refused(BEHIND_BALANCER | {"slow_start_seconds": 10}, "slow_start_seconds must be a whole number 30-900, got 10"),
    Refused(BEHIND_BALANCER | {"protocol_version": "h2"}, "protocol_version must be one of HTTP1, HTTP2, GRPC, got 'h2'"),
    Refused(
        BEHIND_BALANCER | {"protocol_version": "GRPC"},
        "protocol_version GRPC needs a certificate of load_balancer, got none; "
        "clients use it over TLS only; set certificate_arn or domain_names",
    ),
    Refused(
        BEHIND_BALANCER | {"health_check_codes": "2xx"},
        "health_check_codes must be codes 200-499, such as 200, 200,202 or 200-499, got '2xx'",
    ),
    Refused(
        BEHIND_BALANCER | {"health_check_codes": "200,500"},
        "health_check_codes must be codes 200-499, such as 200, 200,202 or 200-499, got '200,500'",
    ),
    Refused(
        {"container_port": 8080, "health_check_port": 9000},
        "health_check_port needs load_balancer or listener, got none; set load_balancer or leave health_check_port out",
    ),
    Refused(
        BEHIND_BALANCER | {"health_check_codes": "299-200"},
        "health_check_codes must be codes 200-499, such as 200, 200,202 or 200-499, got '299-200'",
    ),
    Refused({"subnet_ids": []}, 'subnet_ids must have at least one entry, got none; for example ["subnet-0123456789abcdef0"]'),
    Refused({"subnet_ids": ["subnet-0000000a"] * 2}, "subnet_ids must be distinct, got 'subnet-0000000a' twice; remove one"),
    Refused({"cluster_arn": "main"}, "cluster_arn must be the ARN of a cluster, got 'main'"),
    Refused({"vpc_id": " vpc-0000000a"}, "vpc_id must be the id of a VPC, such as vpc-0123456789abcdef0, got ' vpc-0000000a'"),
    Refused({"user": "00"}, "user must not be root, got '00'; give the number of a user, such as 10001"),
    Refused({"cpu": 10**400}, "cpu must be a number up to 9007199254740992, got a number of 401 digits"),
    Refused({"secrets": {"PIN": 1234}}, "secrets.PIN must be a string, got something else"),
    Refused({"tags": {"aws:team": "a"}}, "the keys of tags must not begin with aws:, which is AWS's own, got 'aws:team'; rename it"),
    Refused(
        {"sidecars": {"proxy": {"image": ""}}},
        "sidecars.proxy.image must be an image such as python:3.12-slim or ghcr.io/shop/app:1.4, got ''",
    ),
    Refused(
        {"container_port": 80, "allow_from": {"to": "sg-0000000a"}, "allow_to": {"out": {"security_group_id": "sg-0000000b", "port": 1}}},
        "the keys of allow_from and allow_to must give different names to all resources, got 'allow_from.to' and 'out', which "
        "both give 'to-out'; rename one",
    ),
    Refused(
        {"slow_start_seconds": 60},
        "slow_start_seconds needs load_balancer or listener, got none; set load_balancer or leave slow_start_seconds out",
    ),
    Refused(
        balancer(allowed_cidr_blocks=["10.0.0.0/8", "10.0.0.0/8"]),
        "load_balancer.allowed_cidr_blocks must be distinct, got '10.0.0.0/8' twice; remove one",
    ),
    Refused({"secrets": {"A": SECRET[:20]}}, "secrets.A must be the ARN of a Secrets Manager secret or an SSM parameter, "
        "got something else; put the value there and give its ARN"),
    Refused({"log_retention_days": 31}, "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, "
        "545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 31"),
]  # fmt: skip

TOGETHER = [
    Refused(
        {"writable_paths": {"/tmp": 256, "/cache": 256}},
        f"writable_paths must be less than memory_mib, 512, got 512; {IN_MEMORY}",
    ),
    Refused(
        BEHIND_BALANCER | check(start_period_seconds=90) | {"health_check_grace_period_seconds": 60},
        "health_check_grace_period_seconds must cover the 90 s of container_health_check.start_period_seconds, got 60; "
        "make it 90 or more, or leave it out",
    ),
    Refused(
        BEHIND_BALANCER | {"deregistration_delay_seconds": 100, "deployment_timeout_seconds": 120},
        "deployment_timeout_seconds must be longer than deregistration_delay_seconds and stop_timeout_seconds, 130, "
        "got 120; a deployment is over when the last old task has gone",
    ),
    Refused(
        {"stop_timeout_seconds": 60, "deployment_timeout_seconds": 60},
        "deployment_timeout_seconds must be longer than stop_timeout_seconds, 60, got 60; "
        "a deployment is over when the last old task has gone",
    ),
    Refused(
        {"maximum_percent": 100},
        "minimum_healthy_percent and maximum_percent must let a deployment of 2 start or stop a task, but 2 must keep running and 2 may run, "
        "got 100 and 100; set maximum_percent to 200, or minimum_healthy_percent to 0",
    ),
    Refused(
        {"desired_count": 1, "minimum_healthy_percent": 50, "maximum_percent": 150},
        "minimum_healthy_percent and maximum_percent must let a deployment of 1 start or stop a task, but 1 must keep running and 1 may run, "
        "got 50 and 150; set maximum_percent to 200, or minimum_healthy_percent to 0",
    ),
    Refused(
        {"desired_count": 1, "spot_percent": 50},
        "spot_percent needs two tasks at least, got desired_count 1; AWS takes Spot tasks back within two minutes; "
        "set desired_count to 2, or leave spot_percent out",
    ),
    Refused(
        scaled(min_tasks=1) | {"spot_percent": 100},
        "spot_percent needs two tasks at least, got scaling.min_tasks 1; AWS takes Spot tasks back within two minutes; "
        "set scaling.min_tasks to 2, or leave spot_percent out",
    ),
    Refused(
        scaled(requests_per_target=100),
        "scaling.requests_per_target needs load_balancer or listener, got none; set load_balancer, or use cpu_percent",
    ),
    Refused(
        scaled(min_tasks=3),
        "desired_count must be within scaling's 3-4, got 2; the service starts with it; change one of them",
    ),
    Refused(
        scaled() | {"keep_scaled_count": True},
        "set scaling or keep_scaled_count, got both; scaling keeps the count by itself",
    ),
    Refused(
        {"exec_log_group_arn": EXEC_GROUP},
        "exec_log_group_arn needs enable_execute_command, got none; set enable_execute_command, or leave it out",
    ),
    Refused(
        {"health_check_grace_period_seconds": 5},
        "health_check_grace_period_seconds needs load_balancer or listener, got none; "
        "set load_balancer or leave health_check_grace_period_seconds out",
    ),
]


@pytest.mark.parametrize(("args", "says"), ALONE + TOGETHER)
def test_what_cannot_work_is_refused_before_anything_exists(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: FargateService("api", TASK | args)) == f"FargateService 'api': {says}"


@pytest.mark.parametrize(
    "args",
    [
        {"desired_count": 1},
        {"desired_count": 0, "maximum_percent": 100},
        {"desired_count": 1, "minimum_healthy_percent": 0, "maximum_percent": 100},
        {"desired_count": 3, "minimum_healthy_percent": 66, "maximum_percent": 100},
        BEHIND_BALANCER | check(start_period_seconds=120),
    ],
)
def test_numbers_that_leave_room_are_not_refused(args: dict[str, Any]) -> None:
    plan(TASK | args)


def test_the_grace_period_covers_the_start_period_by_itself() -> None:
    args = BEHIND_BALANCER | check(start_period_seconds=120)
    assert plan(args).grace_seconds == 120
