"""Cases of the rules in `ecs.task_definitions`: ECS task definitions."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import TASK, Case, Props, containers, env, failing_with

AWSLOGS = {"logDriver": "awslogs"}


def of_roles(code: str | None, agent: str | None) -> Props:
    """A task definition with these roles."""
    return {"taskRoleArn": code, "executionRoleArn": agent}


def logged(mode: str | None, **more: object) -> Props:
    """A task with awslogs in this mode."""
    options = {"mode": mode} if mode else {}
    return containers({"logConfiguration": {"logDriver": "awslogs", "options": options | more}})


CASES: list[Case] = [
    Case(
        rule="ecs-taskdef-no-privileged",
        kind=TASK,
        passes=[containers({}), containers({"privileged": False}), containers({"privileged": None})],
        fails=[
            (containers({}, {"privileged": True}), ["containerDefinitions[1].privileged"]),
            (containers("text"), ["containerDefinitions[0] is not an object"]),
            ({"containerDefinitions": "{not json"}, ["containerDefinitions is not a JSON document"]),
        ],
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-readonly-root",
        kind=TASK,
        passes=[
            containers({"readonlyRootFilesystem": True}),
            containers({}, runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
        ],
        fails=[
            (containers({}), ["containerDefinitions[0].readonlyRootFilesystem"]),
            (containers({"readonlyRootFilesystem": False}), ["containerDefinitions[0].readonlyRootFilesystem"]),
        ],
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-non-root-user",
        kind=TASK,
        passes=[containers({"user": user}) for user in ("10001", "app", "10001:0", "1000:1000")],
        fails=[
            (containers({"user": user}), ["containerDefinitions[0].user"])
            for user in (None, "", "root", "0", "0:10001")
        ],
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-logging",
        kind=TASK,
        passes=[containers({"logConfiguration": {"logDriver": "awslogs"}})],
        fails=[
            (containers({}), ["containerDefinitions[0].logConfiguration.logDriver"]),
            (containers({"logConfiguration": {}}), ["containerDefinitions[0].logConfiguration.logDriver"]),
        ],
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-no-plaintext-secrets",
        kind=TASK,
        passes=[
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
        fails=[
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
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-log-mode",
        kind=TASK,
        passes=[
            containers({}),
            containers({"logConfiguration": {"logDriver": "awsfirelens"}}),
            containers({"logConfiguration": AWSLOGS}),
            containers({"logConfiguration": AWSLOGS | {"options": {"mode": "non-blocking"}}}),
        ],
        fails=[
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
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-drop-capabilities",
        kind=TASK,
        passes=[
            containers({}),
            containers({"linuxParameters": {"capabilities": {"drop": ["ALL"]}}}),
            containers({"linuxParameters": {"capabilities": {"add": ["NET_BIND_SERVICE"]}}}),
        ],
        fails=[
            (
                containers({"linuxParameters": {"capabilities": {"add": ["CHOWN", name]}}}),
                ["containerDefinitions[0].linuxParameters.capabilities.add[1]"],
            )
            for name in ("SYS_ADMIN", "net_admin", "CAP_SYS_PTRACE")
        ],
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-distinct-roles",
        kind=TASK,
        passes=[{}, of_roles("arn:1", "arn:2"), of_roles(None, "arn:2")],
        fails=[(of_roles("arn:1", "arn:1"), ["taskRoleArn"])],
        waits=[of_roles(UNKNOWN, "arn:2"), of_roles("arn:1", UNKNOWN)],
    ),
    failing_with(
        "ecs-taskdef-readonly-root",
        TASK,
        passes=[containers()],
        fails=[(containers({"readonlyRootFilesystem": None}), "containerDefinitions[0].readonlyRootFilesystem")],
    ),
    failing_with(
        "ecs-taskdef-logging",
        TASK,
        passes=[containers(), containers({"logConfiguration": {"logDriver": "splunk"}})],
        fails=[
            (containers({"logConfiguration": {"logDriver": ""}}), "containerDefinitions[0].logConfiguration.logDriver")
        ],
    ),
    failing_with(
        "ecs-taskdef-log-mode",
        TASK,
        passes=[logged("non-blocking")],
        fails=[(logged("blocking"), "containerDefinitions[0].logConfiguration.options.mode")],
    ),
    *(
        failing_with(
            "ecs-taskdef-distinct-roles",
            TASK,
            passes=[{"executionRoleArn": "b"}],
            fails=[(roles, "taskRoleArn is the execution role")],
        )
        for roles in (
            {"taskRoleArn": "arn:aws:iam::1:role/a", "executionRoleArn": "arn:aws:iam::1:role/a"},
            {"taskRoleArn": "a", "executionRoleArn": "a", "cpu": 256.0},
        )
    ),
    Case(
        rule="ecs-taskdef-no-plaintext-secrets",
        kind=TASK,
        passes=[
            containers({"command": ["serve", "--password-file", "/run/db", "--max-tokens", "4096"]}),
            containers({"command": ["sh", "-c", "exec serve --token $TOKEN"]}),
            containers({"logConfiguration": {"options": {"splunk-token": "", "awslogs-group": "api"}}}),
            env("OPENAI_MAX_TOKENS", "4096"),
            env("PASSWORD_POLICY", "strict"),
            env("TOKENIZER", "bpe"),
            env("NEXT_PUBLIC_API_KEY", "pk_12345"),
            env("COMPASS", "north"),
        ],
        fails=[
            (containers({"command": ["serve", "--db-password", "hunter2"]}), ["containerDefinitions[0].command"]),
            (containers({"entryPoint": ["sh", "-c", "API_KEY=abc123 serve"]}), ["containerDefinitions[0].entryPoint"]),
            (
                containers({"healthCheck": {"command": ["CMD-SHELL", "redis-cli --pass hunter2 ping"]}}),
                ["containerDefinitions[0].healthCheck.command"],
            ),
            (
                containers({"logConfiguration": {"options": {"splunk-token": "B5A79AAD-D822-46CC-80D1-819F80D7BFB0"}}}),
                ["containerDefinitions[0].logConfiguration.options hold"],
            ),
            (env("DB_PASS", "hunter2"), ["containerDefinitions[0].environment[0].value"]),
            (env("MYSQL_PWD", "hunter2"), ["containerDefinitions[0].environment[0].value"]),
            (env("RAILS_MASTER_KEY", "abc123"), ["containerDefinitions[0].environment[0].value"]),
            (env("CACHE", "redis://:hunter2@cache:6379"), ["containerDefinitions[0].environment[0].value has"]),
            (env("DB", "Server=db;User Id=sa;Password=hunter2;"), ["containerDefinitions[0].environment[0].value has"]),
        ],
        waits=[{"containerDefinitions": UNKNOWN}],
    ),
    Case(
        rule="ecs-taskdef-no-privileged",
        kind=TASK,
        passes=[containers({"DockerLabels": {"Privileged": "no"}})],
        fails=[(containers({"Name": "api", "Privileged": True}), ["containerDefinitions[0].privileged is true"])],
    ),
]
