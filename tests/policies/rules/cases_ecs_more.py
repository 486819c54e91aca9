"""More rules over ECS: services, clusters, hosts and images."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import CLUSTER, SERVICE, TASK, Case, Props, at, containers

EXEC = "configuration.executeCommandConfiguration"
AWSLOGS = {"logDriver": "awslogs"}
DIGEST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:" + "a" * 64
IMAGE = "containerDefinitions[0].image"


def of_roles(code: str | None, agent: str | None) -> Props:
    """A task definition with these roles."""
    return {"taskRoleArn": code, "executionRoleArn": agent}


def image(name: str) -> Props:
    """A task definition with one container of this image."""
    return containers({"image": name})


def efs(**settings: str) -> Props:
    """A task definition with one EFS volume."""
    return {"volumes": [{"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-1", **settings}}]}


def on_fargate(**more: str) -> Props:
    """A task definition for Fargate."""
    return {"requiresCompatibilities": ["FARGATE"], **more}


MORE_ECS_CASES = [
    at(
        "ecs-service-platform-version",
        SERVICE,
        "platformVersion",
        [None, "LATEST", "1.4.0", "1.0.0"],
        ["1.3.0", "1.2.0", "1.1.0"],
    ),
    at("ecs-service-exec-disabled", SERVICE, "enableExecuteCommand", [None, False], [True]),
    at("ecs-service-propagate-tags", SERVICE, "propagateTags", ["SERVICE"], [None, "NONE"], enableEcsManagedTags=True),
    at("ecs-service-propagate-tags", SERVICE, "enableEcsManagedTags", [True], [None, False], propagateTags="SERVICE"),
    at("ecs-cluster-exec-logging", CLUSTER, f"{EXEC}.logging", [None, "DEFAULT", "OVERRIDE"], ["NONE"]),
    Case(
        "ecs-cluster-exec-encrypted",
        CLUSTER,
        [
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
        [
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
        [{"configuration": UNKNOWN}],
    ),
    at(
        "ecs-capacity-provider-protection",
        "aws:ecs/capacityProvider:CapacityProvider",
        "autoScalingGroupProvider.managedTerminationProtection",
        ["ENABLED", None],
        ["DISABLED"],
    ),
    Case(
        "ecs-taskdef-log-mode",
        TASK,
        [
            containers({}),
            containers({"logConfiguration": {"logDriver": "awsfirelens"}}),
            containers({"logConfiguration": AWSLOGS}),
            containers({"logConfiguration": AWSLOGS | {"options": {"mode": "non-blocking"}}}),
        ],
        [
            (
                containers({"logConfiguration": AWSLOGS | {"options": {"mode": "blocking"}}}),
                ["containerDefinitions[0]"],
            ),
            (
                containers(
                    {}, {"logConfiguration": AWSLOGS | {"options": {"mode": "blocking", "max-buffer-size": "1m"}}}
                ),
                ["containerDefinitions[1].logConfiguration.options.mode is blocking"],
            ),
        ],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-drop-capabilities",
        TASK,
        [
            containers({}),
            containers({"linuxParameters": {"capabilities": {"drop": ["ALL"]}}}),
            containers({"linuxParameters": {"capabilities": {"add": ["NET_BIND_SERVICE"]}}}),
        ],
        [
            (
                containers({"linuxParameters": {"capabilities": {"add": ["CHOWN", name]}}}),
                ["containerDefinitions[0].linuxParameters.capabilities.add[1]"],
            )
            for name in ("SYS_ADMIN", "net_admin", "CAP_SYS_PTRACE")
        ],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-distinct-roles",
        TASK,
        [{}, of_roles("arn:1", "arn:2"), of_roles(None, "arn:2")],
        [(of_roles("arn:1", "arn:1"), ["taskRoleArn"])],
        [of_roles(UNKNOWN, "arn:2"), of_roles("arn:1", UNKNOWN)],
    ),
    at("ecs-taskdef-no-host-pid", TASK, "pidMode", [None, "task"], ["host"]),
    at("ecs-taskdef-no-host-pid", TASK, "ipcMode", [None, "none", "task"], ["host"]),
    at("ecs-taskdef-no-host-network", TASK, "networkMode", [None, "awsvpc", "bridge"], ["host"]),
    Case(
        "ecs-taskdef-efs-transit-encryption",
        TASK,
        [{}, {"volumes": [{"name": "scratch"}]}, efs(transitEncryption="ENABLED")],
        [
            (efs(), ["volumes[0].efsVolumeConfiguration.transitEncryption"]),
            (efs(transitEncryption="DISABLED"), ["volumes[0].efsVolumeConfiguration.transitEncryption"]),
        ],
        [{"volumes": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-awsvpc",
        TASK,
        [{}, {"requiresCompatibilities": ["EC2"], "networkMode": "bridge"}, on_fargate(networkMode="awsvpc")],
        [(on_fargate(), ["networkMode"]), (on_fargate(networkMode="host"), ["networkMode"])],
        [{"requiresCompatibilities": UNKNOWN}, on_fargate(networkMode=UNKNOWN)],
    ),
    Case(
        "ecs-taskdef-image-pinned",
        TASK,
        [image(DIGEST), image("localhost:5000/shop@sha256:" + "b" * 64)],
        [(image(name), [IMAGE]) for name in ("nginx", "nginx:latest", "localhost:5000/shop:1.2", "shop@md5:1")],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-image-pinned",
        TASK,
        [image(DIGEST), image("localhost:5000/shop:1.2")],
        [(image("localhost:5000/shop"), [IMAGE]), (image("shop:latest"), [IMAGE])],
        [{"containerDefinitions": UNKNOWN}],
        {"tagsPass": True},
    ),
    Case(
        "ecs-taskdef-image-registry",
        TASK,
        [image(DIGEST)],
        [(image("nginx"), [IMAGE]), (image("evil/" + DIGEST), [IMAGE])],
        [{"containerDefinitions": UNKNOWN}],
        {"allowedRegistries": ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/"]},
    ),
]
