"""How requests come to a new deployment: what each strategy adds, and what cannot work is refused."""

import json
from typing import Any

import pytest

from slipway import ArgumentError
from slipway.common import Arguments
from slipway.service import FargateServiceArgs
from slipway.service._roll_out import Leaving, roll_out
from slipway.service._strategy import Strategy
from tests.support.components.mocks import Built, build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import (
    BALANCER,
    BEHIND_BALANCER,
    BEHIND_LISTENER,
    CERTIFICATE,
    TASK,
    WORKER,
)

FargateService = COMPONENTS["FargateService"]
BLUE, GREEN = (f"arn:aws:lb:eu-west-1:123456789012:{name}" for name in ("api", "api-alt"))


def service(deployment: dict[str, Any], **more: Any) -> Built:
    return build(lambda: FargateService("api", BEHIND_BALANCER | {"deployment": deployment} | more))


def timeout_seconds(deployment: dict[str, Any]) -> int:
    """The longest wait for a deployment."""
    arguments = Arguments.of("FargateService", "api", BEHIND_BALANCER | {"deployment": deployment}, FargateServiceArgs)
    return roll_out(arguments, 1, Leaving(30, "stop_timeout_seconds")).timeout_seconds


def test_blue_green_gets_a_second_target_group_a_rule_and_a_role_that_may_weigh_them() -> None:
    built = service({"strategy": "blue_green"})
    inputs = built.one("service:Service", "api").inputs
    assert inputs["deploymentConfiguration"] == {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "5"}
    assert inputs["loadBalancers"] == [
        {
            "targetGroupArn": BLUE,
            "containerName": "api",
            "containerPort": 8080,
            "advancedConfiguration": {
                "alternateTargetGroupArn": GREEN,
                "productionListenerRule": "arn:aws:lb:eu-west-1:123456789012:api-production",
                "roleArn": "arn:aws:iam:eu-west-1:123456789012:api-shift",
            },
        }
    ]
    rule = built.one("listenerRule:ListenerRule", "api-production")
    assert rule.inputs["listenerArn"] == "arn:aws:lb:eu-west-1:123456789012:api-http"
    weights = {"targetGroups": [{"arn": BLUE, "weight": 100}, {"arn": GREEN, "weight": 0}]}
    assert rule.inputs["actions"] == [{"type": "forward", "forward": weights}]
    assert rule.ignore_changes == ["actions"], "the weights are ECS's"
    trusted = json.loads(built.one("role:Role", "api-shift").inputs["assumeRolePolicy"])["Statement"]
    assert [it["Principal"] for it in trusted] == [{"Service": "ecs.amazonaws.com"}]
    policy = built.one("rolePolicyAttachment:RolePolicyAttachment", "api-shift").inputs["policyArn"]
    assert policy == "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
    blue, green = (built.one("targetGroup:TargetGroup", name).inputs for name in ("api", "api-alt"))
    del blue["tags"], green["tags"]
    assert blue == green
    awaited = built.one("service:Service", "api").depends_on
    assert {"ListenerRule api-production", "RolePolicyAttachment api-shift"} <= awaited
    assert {"TargetGroup api", "TargetGroup api-alt"} <= built.one(":Stash", "api-verdict").depends_on
    assert timeout_seconds({"strategy": "blue_green"}) == 900 + 5 * 60


def test_a_rolling_service_has_none_of_it() -> None:
    built = service({"strategy": "rolling"})
    inputs = built.one("service:Service", "api").inputs
    assert inputs["deploymentConfiguration"] == {"strategy": "ROLLING"}
    assert "advancedConfiguration" not in inputs["loadBalancers"][0]
    assert built.of_type("listenerRule:ListenerRule") == []
    assert [it.name for it in built.of_type("targetGroup:TargetGroup")] == ["api"]
    assert [it.name for it in built.of_type("role:Role")] == ["api-execution", "api-task"]


@pytest.mark.parametrize(
    ("deployment", "told", "pause_seconds"),
    [
        (
            {"strategy": "canary"},
            {
                "strategy": "CANARY",
                "bakeTimeInMinutes": "3",
                "canaryConfiguration": {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": "3"},
            },
            360,
        ),
        (
            {"strategy": "linear", "step_percent": 30, "step_bake_minutes": 2, "bake_minutes": 0},
            {
                "strategy": "LINEAR",
                "bakeTimeInMinutes": "0",
                "linearConfiguration": {"stepPercent": 30.0, "stepBakeTimeInMinutes": "2"},
            },
            360,
        ),
    ],
)
def test_shares_move_in_steps(deployment: dict[str, Any], told: dict[str, Any], pause_seconds: int) -> None:
    built = service(deployment)
    assert built.one("service:Service", "api").inputs["deploymentConfiguration"] == told
    assert timeout_seconds(deployment) == 900 + pause_seconds


def test_new_tasks_answer_on_a_port_of_their_own_first() -> None:
    balancer = BALANCER | {"certificate_arn": CERTIFICATE}
    built = service({"strategy": "blue_green", "test_port": 8443}, load_balancer=balancer)
    listener = built.one("listener:Listener", "api-8443").inputs
    assert (listener["port"], listener["protocol"], listener["certificateArn"]) == (8443, "HTTPS", CERTIFICATE)
    assert listener["defaultActions"] == [{"type": "forward", "targetGroupArn": GREEN}]
    rule = built.one("listenerRule:ListenerRule", "api-test")
    assert [it["arn"] for it in rule.inputs["actions"][0]["forward"]["targetGroups"]] == [GREEN, BLUE]
    advanced = built.one("service:Service", "api").inputs["loadBalancers"][0]["advancedConfiguration"]
    assert advanced["testListenerRule"] == "arn:aws:lb:eu-west-1:123456789012:api-test"
    opened = built.one("securityGroupIngressRule:SecurityGroupIngressRule", "api-lb-8443-203-0-113-0-24").inputs
    assert (opened["fromPort"], opened["toPort"], opened["cidrIpv4"]) == (8443, 8443, "203.0.113.0/24")


REFUSED = [
    Refused(
        {"deployment": {"strategy": "BLUE_GREEN"}},
        "deployment.strategy must be one of rolling, blue_green, canary, linear, got 'BLUE_GREEN'",
    ),
    Refused(
        TASK | {"container_port": None, "load_balancer": None, "deployment": {"strategy": "canary"}},
        "deployment.strategy canary needs load_balancer, got none; set it, or leave strategy out",
    ),
    Refused(
        BEHIND_LISTENER | {"load_balancer": None, "deployment": {"strategy": "linear"}},
        "deployment.strategy linear needs load_balancer, got none; set it, or leave strategy out",
    ),
    Refused(
        {"deployment": {"bake_minutes": 5}},
        "deployment.bake_minutes needs deployment.strategy blue_green, canary or linear, got rolling; "
        "set one of them, or leave bake_minutes out",
    ),
    Refused(
        {"deployment": {"test_port": 8443}},
        "deployment.test_port needs deployment.strategy blue_green, canary or linear, got rolling; "
        "set one of them, or leave test_port out",
    ),
    Refused(
        {"deployment": {"strategy": "blue_green", "step_percent": 10}},
        "deployment.step_percent needs deployment.strategy canary or linear, got blue_green; "
        "set one of them, or leave step_percent out",
    ),
    Refused(
        {"deployment": {"strategy": "blue_green", "step_bake_minutes": 1}},
        "deployment.step_bake_minutes needs deployment.strategy canary or linear, got blue_green; "
        "set one of them, or leave step_bake_minutes out",
    ),
    Refused(
        {"deployment": {"strategy": "linear", "step_percent": 2}},
        "deployment.step_percent must be 3-100 with strategy linear, got 2",
    ),
    Refused(
        {"deployment": {"strategy": "canary", "step_percent": 100.5}},
        "deployment.step_percent must be 0.1-100 with strategy canary, got 100.5",
    ),
    Refused(
        {"deployment": {"strategy": "canary", "step_percent": "10"}},
        "deployment.step_percent must be a number, got '10'",
    ),
    Refused(
        {"deployment": {"strategy": "canary", "step_bake_minutes": 1441}},
        "deployment.step_bake_minutes must be a whole number 0-1440, got 1441",
    ),
    Refused(
        {"deployment": {"strategy": "blue_green", "bake_minutes": -1}},
        "deployment.bake_minutes must be a whole number 0-1440, got -1",
    ),
    Refused(
        {"deployment": {"strategy": "blue_green", "test_port": 443}},
        "deployment.test_port must not be 80 or 443, got 443; the load balancer serves requests there; "
        "take another, such as 8443",
    ),
    Refused(
        {"deployment": {"max_error_percent": 100.5}},
        "deployment.max_error_percent must be 0-100, got 100.5",
    ),
    Refused(
        {"deployment": {"min_requests": 0}},
        "deployment.min_requests must be a whole number 1-1000000, got 0",
    ),
    Refused(
        TASK | {"container_port": None, "load_balancer": None, "deployment": {"max_error_percent": 2}},
        "deployment.max_error_percent needs load_balancer or listener, got none; set one, or leave max_error_percent out",
    ),
    Refused(
        TASK | {"container_port": None, "load_balancer": None, "deployment": {"without_alarms": True}},
        "deployment.without_alarms needs load_balancer, listener or deployment.alarm_names, got none; "
        "the service has no alarm; leave without_alarms out",
    ),
    Refused(
        {"deployment": {"strategy": "blue_green", "test_port": 65536}},
        "deployment.test_port must be a whole number 1-65535, got 65536",
    ),
    Refused(
        {"deployment": {"alarm_names": []}},
        'deployment.alarm_names must have at least one entry, got none; for example ["api-5xx"]',
    ),
    Refused({"deployment": {"alarm_names": "api"}}, "deployment.alarm_names must be a list, got 'api'"),
    Refused(
        {"deployment": {"alarms": ["api"]}},
        "deployment.alarms is not an argument; did you mean alarm_names?",
    ),
    Refused({"deployment": "canary"}, "deployment must be a mapping of arguments, got 'canary'"),
    Refused(
        {"deployment": {"strategy": "canary"}, "minimum_healthy_percent": 50},
        "minimum_healthy_percent needs deployment.strategy rolling, got canary; "
        "canary runs twice the tasks meanwhile; leave minimum_healthy_percent out",
    ),
    Refused(
        {"deployment": {"strategy": "linear"}, "maximum_percent": 150},
        "maximum_percent needs deployment.strategy rolling, got linear; "
        "linear runs twice the tasks meanwhile; leave maximum_percent out",
    ),
    Refused(
        {"deployment": {"strategy": "canary"}, "scaling": {"max_tasks": 4, "requests_per_target": 9}},
        "scaling.requests_per_target needs deployment.strategy rolling, got canary; "
        "it follows one target group, and requests move between two; use cpu_percent",
    ),
    Refused(
        {"deployment": {"strategy": "canary"}, "deployment_timeout_seconds": 400},
        "deployment_timeout_seconds must be longer than the minutes in deployment, deregistration_delay_seconds and "
        "stop_timeout_seconds, 405, got 400; a deployment is over when the last old task has gone",
    ),
    Refused(
        {"deployment": {"strategy": "linear", "step_percent": 3, "step_bake_minutes": 60}},
        "deployment_timeout_seconds must be longer than the minutes in deployment, deregistration_delay_seconds and "
        "stop_timeout_seconds, 119145, got 86400; a deployment is over when the last old task has gone",
    ),
]


@pytest.mark.parametrize(("args", "says"), REFUSED)
def test_what_cannot_work_is_refused(args: dict[str, Any], says: str) -> None:
    assert (
        refusal(
            lambda: FargateService(
                "api", {key: value for key, value in (BEHIND_BALANCER | args).items() if value is not None}
            )
        )
        == f"FargateService 'api': {says}"
    )


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (
            {"deployment": {"strategy": "blue_green"}},
            "deployment.strategy blue_green needs load_balancer, got none; set it, or leave strategy out",
        ),
        ({"deployment_timeout_seconds": 59}, "deployment_timeout_seconds must be a whole number 60-86400, got 59"),
        (
            {"exec_log_group_arn": "arn:aws:logs:eu-west-1:123456789012:log-group:exec"},
            "exec_log_group_arn needs enable_execute_command, got none; set enable_execute_command, or leave it out",
        ),
    ],
)
def test_a_worker_refuses_in_its_own_name_before_anything_exists(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: COMPONENTS["QueueWorker"]("mail", WORKER | args)) == f"QueueWorker 'mail': {says}"


def test_a_name_leaves_room_for_the_second_target_group() -> None:
    name = "a" * 21

    def construct() -> None:
        FargateService(name, BEHIND_BALANCER)
        with pytest.raises(ArgumentError) as caught:
            FargateService(name, BEHIND_BALANCER | {"deployment": {"strategy": "blue_green"}})
        assert str(caught.value) == (
            f"FargateService '{name}' load_balancer: the name must be at most 20 characters, got 21; "
            "AWS allows 32 and 12 are appended"
        )

    build(construct)


@pytest.mark.parametrize(("share", "steps"), [(10, 9), (33, 3), (50, 1), (100, 0), (3, 33)])
def test_a_linear_deployment_pauses_between_its_steps(share: float, steps: int) -> None:
    assert Strategy("linear", 0, share, 1).pause_seconds == 60 * steps
