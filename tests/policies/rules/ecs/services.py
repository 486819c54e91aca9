"""Cases of the rules in `ecs.services`: ECS services and clusters."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import (
    CLUSTER,
    EVENT_TARGET,
    FALSE_OR_ABSENT,
    ON_BREAKER,
    SERVICE,
    TRUE_VALUES,
    Case,
    at,
    failing_with,
)

EXEC = "configuration.executeCommandConfiguration"

EXEC_LOGGING = "configuration.executeCommandConfiguration.logging"

PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"


def fargate_target(public: object) -> dict[str, object]:
    """A schedule with a task as its target."""
    return {"ecsTarget": {"networkConfiguration": {"assignPublicIp": public}}}


CASES: list[Case] = [
    Case(
        rule="ecs-service-no-public-ip",
        kind=SERVICE,
        passes=[
            {},
            {"networkConfiguration": None},
            {"networkConfiguration": {"assignPublicIp": False, "subnets": [UNKNOWN]}},
        ],
        fails=[({"networkConfiguration": {"assignPublicIp": True}}, ["networkConfiguration.assignPublicIp"])],
        waits=[{"networkConfiguration": UNKNOWN}, {"networkConfiguration": {"assignPublicIp": UNKNOWN}}],
    ),
    Case(
        rule="ecs-service-circuit-breaker",
        kind=SERVICE,
        passes=[{"deploymentCircuitBreaker": ON_BREAKER}, {"deploymentController": {"type": "CODE_DEPLOY"}}],
        fails=[
            ({}, ["deploymentCircuitBreaker.enable", "deploymentCircuitBreaker.rollback"]),
            ({"deploymentCircuitBreaker": {"enable": True}}, ["deploymentCircuitBreaker.rollback"]),
            (
                {"deploymentController": {"type": "ECS"}, "deploymentCircuitBreaker": ON_BREAKER | {"enable": False}},
                ["deploymentCircuitBreaker.enable"],
            ),
        ],
        waits=[{"deploymentCircuitBreaker": UNKNOWN}, {"deploymentController": {"type": UNKNOWN}}],
    ),
    Case(
        rule="ecs-cluster-container-insights",
        kind=CLUSTER,
        passes=[{"settings": [{"name": "containerInsights", "value": value}]} for value in ("enabled", "enhanced")],
        fails=[
            ({}, ["settings has"]),
            ({"settings": [{"name": "other", "value": "enabled"}]}, ["settings has"]),
            ({"settings": [{"name": "containerInsights", "value": "disabled"}]}, ["settings[0].value"]),
        ],
        waits=[{"settings": UNKNOWN}, {"settings": [{"name": "containerInsights", "value": UNKNOWN}]}],
    ),
    at(
        "ecs-service-platform-version",
        SERVICE,
        "platformVersion",
        passes=[None, "LATEST", "1.4.0", "1.0.0"],
        fails=["1.3.0", "1.2.0", "1.1.0"],
    ),
    at("ecs-service-exec-disabled", SERVICE, "enableExecuteCommand", passes=[None, False], fails=[True]),
    at(
        "ecs-service-propagate-tags",
        SERVICE,
        "propagateTags",
        passes=["SERVICE"],
        fails=[None, "NONE"],
        enableEcsManagedTags=True,
    ),
    at(
        "ecs-service-propagate-tags",
        SERVICE,
        "enableEcsManagedTags",
        passes=[True],
        fails=[None, False],
        propagateTags="SERVICE",
    ),
    at("ecs-cluster-exec-logging", CLUSTER, f"{EXEC}.logging", passes=[None, "DEFAULT", "OVERRIDE"], fails=["NONE"]),
    Case(
        rule="ecs-cluster-exec-encrypted",
        kind=CLUSTER,
        passes=[
            {},
            {"configuration": {"executeCommandConfiguration": {"kmsKeyId": "key"}}},
            {
                "configuration": {
                    "executeCommandConfiguration": {
                        "kmsKeyId": "key",
                        "logConfiguration": {"cloudWatchEncryptionEnabled": True},
                    }
                }
            },
        ],
        fails=[
            ({"configuration": {"executeCommandConfiguration": {"logging": "DEFAULT"}}}, [f"{EXEC}.kmsKeyId"]),
            (
                {"configuration": {"executeCommandConfiguration": {"logConfiguration": {}}}},
                [f"{EXEC}.kmsKeyId", f"{EXEC}.logConfiguration"],
            ),
            (
                {
                    "configuration": {
                        "executeCommandConfiguration": {
                            "kmsKeyId": "key",
                            "logConfiguration": {"s3BucketEncryptionEnabled": False},
                        }
                    }
                },
                [f"{EXEC}.logConfiguration"],
            ),
        ],
        waits=[{"configuration": UNKNOWN}],
    ),
    at(
        "ecs-capacity-provider-protection",
        "aws:ecs/capacityProvider:CapacityProvider",
        "autoScalingGroupProvider.managedTerminationProtection",
        passes=["ENABLED", None],
        fails=["DISABLED"],
    ),
    at(
        "ecs-service-no-public-ip",
        SERVICE,
        "networkConfiguration.assignPublicIp",
        passes=FALSE_OR_ABSENT,
        fails=TRUE_VALUES,
        launchType="FARGATE",
    ),
    at(
        "ecs-service-exec-disabled",
        SERVICE,
        "enableExecuteCommand",
        passes=FALSE_OR_ABSENT,
        fails=TRUE_VALUES,
        name=None,
    ),
    # One of some words
    at("ecs-cluster-exec-logging", CLUSTER, EXEC_LOGGING, passes=["OVERRIDE"], fails=["NONE"], name="a"),
    at("ecs-cluster-exec-logging", CLUSTER, EXEC_LOGGING, passes=["DEFAULT"], fails=["NONE"], settings=[]),
    at(
        "ecs-capacity-provider-protection",
        PROVIDER,
        "autoScalingGroupProvider.managedTerminationProtection",
        passes=["ENABLED"],
        fails=["DISABLED", "", "enabled"],
    ),
    failing_with(
        "ecs-service-circuit-breaker",
        SERVICE,
        passes=[{"deploymentController": {"type": "EXTERNAL"}}],
        fails=[
            ({"deploymentCircuitBreaker": {"enable": True, "rollback": False}}, "deploymentCircuitBreaker.rollback")
        ],
    ),
    failing_with(
        "ecs-cluster-container-insights",
        CLUSTER,
        passes=[{"settings": [{"name": "other", "value": "a"}, {"name": "containerInsights", "value": "enhanced"}]}],
        fails=[({"settings": []}, "settings has")],
    ),
    failing_with(
        "ecs-service-propagate-tags",
        SERVICE,
        passes=[{"propagateTags": "TASK_DEFINITION", "enableEcsManagedTags": "true"}],
        fails=[({"propagateTags": "SERVICE", "enableEcsManagedTags": None}, "enableEcsManagedTags")],
    ),
    Case(
        rule="ecs-service-no-public-ip",
        kind=EVENT_TARGET,
        passes=[{}, {"arn": "arn:aws:sqs:eu-west-1:1:q"}, fargate_target(False)],
        fails=[(fargate_target(True), ["ecsTarget.networkConfiguration.assignPublicIp is true"])],
        waits=[fargate_target(UNKNOWN)],
    ),
]
