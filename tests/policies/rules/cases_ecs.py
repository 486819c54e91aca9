"""For each rule over ECS: what passes, what fails and where, and what must wait for `up`."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import CLUSTER, ON_BREAKER, SERVICE, TASK, Case, containers, env, fargate

ECS_CASES = [
    Case(
        "ecs-service-no-public-ip",
        SERVICE,
        [{}, {"networkConfiguration": None}, {"networkConfiguration": {"assignPublicIp": False, "subnets": [UNKNOWN]}}],
        [({"networkConfiguration": {"assignPublicIp": True}}, ["networkConfiguration.assignPublicIp"])],
        [{"networkConfiguration": UNKNOWN}, {"networkConfiguration": {"assignPublicIp": UNKNOWN}}],
    ),
    Case(
        "ecs-service-circuit-breaker",
        SERVICE,
        [{"deploymentCircuitBreaker": ON_BREAKER}, {"deploymentController": {"type": "CODE_DEPLOY"}}],
        [
            ({}, ["deploymentCircuitBreaker.enable", "deploymentCircuitBreaker.rollback"]),
            ({"deploymentCircuitBreaker": {"enable": True}}, ["deploymentCircuitBreaker.rollback"]),
            (
                {"deploymentController": {"type": "ECS"}, "deploymentCircuitBreaker": ON_BREAKER | {"enable": False}},
                ["deploymentCircuitBreaker.enable"],
            ),
        ],
        [{"deploymentCircuitBreaker": UNKNOWN}, {"deploymentController": {"type": UNKNOWN}}],
    ),
    Case(
        "ecs-cluster-container-insights",
        CLUSTER,
        [{"settings": [{"name": "containerInsights", "value": value}]} for value in ("enabled", "enhanced")],
        [
            ({}, ["settings has"]),
            ({"settings": [{"name": "other", "value": "enabled"}]}, ["settings has"]),
            ({"settings": [{"name": "containerInsights", "value": "disabled"}]}, ["settings[0].value"]),
        ],
        [{"settings": UNKNOWN}, {"settings": [{"name": "containerInsights", "value": UNKNOWN}]}],
    ),
    Case(
        "ecs-taskdef-no-privileged",
        TASK,
        [containers({}), containers({"privileged": False}), containers({"privileged": None})],
        [
            (containers({}, {"privileged": True}), ["containerDefinitions[1].privileged"]),
            (containers("text"), ["containerDefinitions[0] is not an object"]),
            ({"containerDefinitions": "{not json"}, ["containerDefinitions is not a JSON document"]),
        ],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-readonly-root",
        TASK,
        [
            containers({"readonlyRootFilesystem": True}),
            containers({}, runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
        ],
        [
            (containers({}), ["containerDefinitions[0].readonlyRootFilesystem"]),
            (containers({"readonlyRootFilesystem": False}), ["containerDefinitions[0].readonlyRootFilesystem"]),
        ],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-non-root-user",
        TASK,
        [containers({"user": user}) for user in ("10001", "app", "10001:0", "1000:1000")],
        [(containers({"user": user}), ["containerDefinitions[0].user"]) for user in (None, "", "root", "0", "0:10001")],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-logging",
        TASK,
        [containers({"logConfiguration": {"logDriver": "awslogs"}})],
        [
            (containers({}), ["containerDefinitions[0].logConfiguration.logDriver"]),
            (containers({"logConfiguration": {}}), ["containerDefinitions[0].logConfiguration.logDriver"]),
        ],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-no-plaintext-secrets",
        TASK,
        [
            containers({}),
            env("DB_PASSWORD_ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"),
            env("API_TOKEN", "arn:aws:ssm:eu-west-1:123456789012:parameter/token"),
            env("MAX_TOKENS", "4096"),
            env("SECRET_NAME", "orders"),
            env("QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"),
            env("BUILD", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            env("USE_TOKEN", "true"),
            env("DB_PASSWORD", ""),
        ],
        [
            (env(name, value), ["containerDefinitions[0].environment[0].value"])
            for name, value in (
                ("DB_PASSWORD", "hunter2"),
                ("stripe_api_key", "anything"),
                ("AWS_SECRET_ACCESS_KEY", "arn:aws:no"),
                ("SETTING", "AKIAIOSFODNN7EXAMPLE"),
                ("SETTING", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                ("DATABASE_URL", "postgres://app:hunter2@db:5432/orders"),
                ("CERT", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
            )
        ],
        [{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        "ecs-taskdef-fargate-size",
        TASK,
        [
            {"requiresCompatibilities": ["EC2"], "cpu": "10", "memory": "3"},
            *(fargate(*size) for size in (("256", "2048"), ("4096", "30720"), ("1 vCPU", "3 GB"), (512.0, 1024.0))),
        ],
        [
            (fargate("300", "512"), ["cpu is not one of 256, 512,"]),
            (fargate(None, None), ["cpu is not one of"]),
            (fargate("256", "4096"), ["memory does not go with this cpu, which allows 512, 1024, 2048 MiB"]),
            (fargate("1024", "2500"), ["memory does not go with this cpu, which allows 2048 to 8192 in steps of 1024"]),
            (fargate("512", "much"), ["memory is not an amount"]),
        ],
        [fargate(UNKNOWN, "512"), fargate("256", UNKNOWN), {"requiresCompatibilities": UNKNOWN}],
    ),
]
