"""The switches of a service, one at a time: what each adds, and that nothing of it is there without."""

import json
from typing import Any

import pytest

from slipway import Cluster, ContainerImage, Network
from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS, CONTEXT
from tests.support.components.service_samples import BALANCER, BEHIND_BALANCER, BEHIND_LISTENER, CERTIFICATE, TASK

FargateService = COMPONENTS["FargateService"]


def service(args: dict[str, Any]) -> Built:
    return build(lambda: FargateService("api", TASK | args))


def container(built: Built) -> dict[str, Any]:
    (only,) = json.loads(built.one("taskDefinition:TaskDefinition", "api").inputs["containerDefinitions"])
    return dict(only)


def test_a_container_is_checked_by_its_command() -> None:
    made = container(service({"container_health_check": {"command": ["CMD-SHELL", "curl -f localhost"]}}))
    assert made["healthCheck"] == {
        "command": ["CMD-SHELL", "curl -f localhost"],
        "interval": 10,
        "timeout": 5,
        "retries": 3,
        "startPeriod": 0,
    }
    assert "healthCheck" not in container(service({}))


def test_writable_paths_are_in_memory_and_the_root_stays_read_only() -> None:
    made = container(service({"writable_paths": {"/var/cache": 100, "/tmp": 64}}))
    assert made["readonlyRootFilesystem"] is True
    assert made["linuxParameters"]["tmpfs"] == [
        {"containerPath": "/tmp", "size": 64},
        {"containerPath": "/var/cache", "size": 100},
    ]
    assert "tmpfs" not in container(service({}))["linuxParameters"]


def test_a_shell_gets_its_channels_its_volumes_and_the_named_log() -> None:
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:exec"
    built = service({"enable_execute_command": True, "exec_log_group_arn": group})
    assert built.one("service:Service", "api").inputs["enableExecuteCommand"] is True
    allowed = json.loads(built.one("rolePolicy:RolePolicy", "api-task").inputs["policy"])["Statement"]
    channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"]
    assert [(it["Action"], it["Resource"]) for it in allowed] == [
        ([f"ssmmessages:{name}" for name in channels], "*"),
        (["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], f"{group}:*"),
        (["logs:DescribeLogGroups"], "*"),
    ]
    assert built.one("taskDefinition:TaskDefinition", "api").inputs["volumes"] == [
        {"name": "exec-agent"},
        {"name": "exec-log"},
    ]
    assert [it["containerPath"] for it in container(built)["mountPoints"]] == ["/var/lib/amazon", "/var/log/amazon"]
    without = service({})
    assert "enableExecuteCommand" not in without.one("service:Service", "api").inputs
    assert [it.name for it in without.of_type("rolePolicy:RolePolicy")] == ["api-execution"]


def test_a_boundary_is_on_both_roles_and_a_key_on_the_log() -> None:
    boundary = "arn:aws:iam::123456789012:policy/bound"
    key = "arn:aws:kms:eu-west-1:123456789012:key/abc"
    built = service({"permissions_boundary_arn": boundary, "log_kms_key_arn": key})
    assert [it.inputs["permissionsBoundary"] for it in built.of_type("role:Role")] == [boundary, boundary]
    assert built.one("logGroup:LogGroup", "api").inputs["kmsKeyId"] == key


def test_a_share_on_spot_keeps_the_first_task_on_demand() -> None:
    mixed = service({"spot_percent": 70}).one("service:Service", "api").inputs
    assert "launchType" not in mixed
    assert mixed["capacityProviderStrategies"] == [
        {"capacityProvider": "FARGATE", "base": 1, "weight": 30},
        {"capacityProvider": "FARGATE_SPOT", "weight": 70},
    ]
    every = service({"spot_percent": 100}).one("service:Service", "api").inputs
    assert every["capacityProviderStrategies"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 100}]


def test_scaling_tracks_each_metric_and_updates_leave_the_count_alone() -> None:
    metrics = {"cpu_percent": 60, "memory_percent": 70, "requests_per_target": 1000}
    built = service(BEHIND_BALANCER | {"desired_count": 3, "scaling": {"max_tasks": 9} | metrics})
    assert built.one("service:Service", "api").ignore_changes == ["desiredCount"]
    target = built.one("target:Target", "api").inputs
    assert (target["resourceId"], target["minCapacity"], target["maxCapacity"]) == ("service/main/api", 3, 9)
    tracked = {}
    for policy in built.of_type("policy:Policy"):
        made = policy.inputs["targetTrackingScalingPolicyConfiguration"]
        tracked[made["predefinedMetricSpecification"]["predefinedMetricType"]] = made["targetValue"]
    assert tracked == {
        "ECSServiceAverageCPUUtilization": 60,
        "ECSServiceAverageMemoryUtilization": 70,
        "ALBRequestCountPerTarget": 1000,
    }
    (requests,) = [it for it in built.of_type("policy:Policy") if it.name == "api-requests-per-target"]
    assert requests.inputs["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"][
        "resourceLabel"
    ] == ("app/api/0a1b/targetgroup/api/2c3d")


@pytest.mark.parametrize(
    ("desired", "scaling", "bounds"),
    [
        (1, {"max_tasks": 3}, (1, 3)),
        (3, {"max_tasks": 3}, (3, 3)),
        (3, {"min_tasks": 3, "max_tasks": 4}, (3, 4)),
        (2, {"min_tasks": 1, "max_tasks": 2}, (1, 2)),
    ],
)
def test_scaling_keeps_to_bounds_that_the_desired_count_may_touch(
    desired: int, scaling: dict[str, int], bounds: tuple[int, int]
) -> None:
    built = service({"desired_count": desired, "scaling": {"cpu_percent": 60} | scaling})
    target = built.one("target:Target", "api").inputs
    assert (target["minCapacity"], target["maxCapacity"]) == bounds


def test_a_schedule_changes_the_bounds_without_any_metric() -> None:
    nights = {"schedule": "cron(0 20 * * ? *)", "time_zone": "Europe/Berlin", "min_tasks": 0, "max_tasks": 0}
    built = service({"scaling": {"max_tasks": 4, "schedules": {"nights": nights}}})
    assert built.of_type("policy:Policy") == []
    (action,) = built.of_type("scheduledAction:ScheduledAction")
    assert (action.name, action.inputs["timezone"]) == ("api-nights", "Europe/Berlin")
    assert action.inputs["schedule"] == "cron(0 20 * * ? *)"
    assert action.inputs["scalableTargetAction"] == {"minCapacity": 0, "maxCapacity": 0}
    assert built.one("service:Service", "api").ignore_changes == ["desiredCount"]


def test_the_slowest_request_is_waited_for() -> None:
    built = service(BEHIND_BALANCER | {"longest_request_seconds": 25})
    assert built.one("targetGroup:TargetGroup", "api").inputs["deregistrationDelay"] == 25


def test_a_load_balancer_logs_waits_and_sticks_when_asked() -> None:
    asked = {"idle_timeout_seconds": 300, "access_logs_bucket": "logs"}
    built = service(BEHIND_BALANCER | {"load_balancer": BALANCER | asked, "stickiness_seconds": 60})
    balancer = built.one("loadBalancer:LoadBalancer", "api").inputs
    assert balancer["idleTimeout"] == 300
    assert balancer["accessLogs"] == {"bucket": "logs", "enabled": True, "prefix": "api"}
    group = built.one("targetGroup:TargetGroup", "api").inputs
    assert group["stickiness"] == {"enabled": True, "type": "lb_cookie", "cookieDuration": 60}


def test_grpc_is_checked_by_its_health_service() -> None:
    secure = {"load_balancer": BALANCER | {"certificate_arn": CERTIFICATE}}
    built = service(BEHIND_BALANCER | secure | {"protocol_version": "GRPC", "slow_start_seconds": 30})
    group = built.one("targetGroup:TargetGroup", "api").inputs
    assert (group["protocolVersion"], group["slowStart"]) == ("GRPC", 30)
    assert (group["healthCheck"]["path"], group["healthCheck"]["matcher"]) == ("/grpc.health.v1.Health/Check", "0")


@pytest.mark.parametrize("front", [BEHIND_BALANCER, BEHIND_LISTENER], ids=["load_balancer", "listener"])
def test_a_health_check_on_a_port_of_its_own_is_let_through_on_both_sides(front: dict[str, Any]) -> None:
    built = service(front | {"health_check_port": 5000})
    assert built.one("targetGroup:TargetGroup", "api").inputs["healthCheck"]["port"] == "5000"
    group = "sg-0000001b" if "listener" in front else "api-lb-id"
    assert built.opened_ports() == {
        "api-from-lb": ("api-id", 8080, group),
        "api-lb-to-tasks": (group, 8080, "api-id"),
        "api-from-lb-check": ("api-id", 5000, group),
        "api-lb-to-tasks-check": (group, 5000, "api-id"),
    }
    same = service(front | {"health_check_port": 8080})
    assert "port" not in same.one("targetGroup:TargetGroup", "api").inputs["healthCheck"]
    assert set(same.opened_ports()) == {"api-from-lb", "api-lb-to-tasks"}


def test_target_groups_are_replaced_with_their_load_balancer_and_it_with_its_vpc() -> None:
    own = service(BEHIND_BALANCER | {"deployment": {"strategy": "blue_green"}})
    groups = own.of_type("targetGroup:TargetGroup")
    balancer = "arn:aws:lb:eu-west-1:123456789012:api"
    assert {it.name: it.replacement_trigger for it in groups} == {"api": balancer, "api-alt": balancer}
    assert own.one("loadBalancer:LoadBalancer", "api").replacement_trigger == "vpc-00000001"
    shared = service(BEHIND_LISTENER).one("targetGroup:TargetGroup", "api").replacement_trigger
    assert shared == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/edge/0a1b"


@pytest.mark.parametrize(("strategy", "first"), [("rolling", False), ("blue_green", True)])
def test_old_listeners_go_first_only_where_their_rules_cannot_be_remade(strategy: str, first: bool) -> None:
    built = service(BEHIND_BALANCER | {"deployment": {"strategy": strategy}})
    assert built.one("listener:Listener", "api-http").delete_before_replace is first


def test_security_groups_of_the_callers_come_after_its_own() -> None:
    inputs = (
        service({"additional_security_group_ids": ["sg-00000008", "sg-00000009"]}).one("service:Service", "api").inputs
    )
    assert inputs["networkConfiguration"]["securityGroups"] == ["api-id", "sg-00000008", "sg-00000009"]


def test_image_load_balancer_and_nat_do_not_wait_for_one_another() -> None:
    def platform() -> None:
        network = Network("main", {})
        image = ContainerImage("app", {"context": str(CONTEXT)})
        FargateService(
            "api",
            {
                "cluster_arn": Cluster("main", {}).cluster_arn,
                "vpc_id": network.vpc_id,
                "subnet_ids": network.private_subnet_ids,
                "image": image.image_uri,
                "container_port": 8080,
                "load_balancer": {"subnet_ids": network.public_subnet_ids, "allowed_cidr_blocks": ["10.0.0.0/8"]},
            },
        )

    built = build(platform)
    names_of_all = [f"{it.type.rsplit(':', maxsplit=1)[-1]} {it.name}" for it in built.resources]
    slow = {
        kind: {name for name in names_of_all if name.split()[0] == kind}
        for kind in ("Image", "LoadBalancer", "NatGateway")
    }
    assert all(slow.values()), slow
    for kind, names in slow.items():
        others = {name for other, found in slow.items() if other != kind for name in found}
        for name in names:
            assert built.awaited(name) & others == set(), f"{name} waits for another slow one"
    assert slow["Image"] | slow["LoadBalancer"] <= built.awaited("Service api"), "the test sees what is awaited"


@pytest.mark.parametrize(("delay", "doubted"), [(30, False), (31, True)])
def test_requests_that_may_outlast_sigterm_are_a_warning(
    delay: int, doubted: bool, caplog: pytest.LogCaptureFixture
) -> None:
    service(BEHIND_BALANCER | {"deregistration_delay_seconds": delay})
    told = [record.message for record in caplog.records if record.levelname == "WARNING"]
    rule = f"is shorter than the {delay} s that requests get by deregistration_delay_seconds"
    fix = "if these still run when SIGTERM comes, the program has to finish them in that time"
    assert told == ([f"FargateService 'api': stop_timeout_seconds, 30, {rule}; {fix}"] if doubted else [])
