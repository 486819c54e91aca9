"""Cases of the rules in `graph.consumers`: Consumers of queues, and references of task definitions."""

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    BEHIND,
    IN_GROUP,
    MAPPING,
    QUEUE_ARN,
    QUEUE_URL,
    GraphCase,
    new,
    stack,
    with_props,
)
from tests.support.policies.samples import LOG_GROUP, QUEUE, REPOSITORY, TASK, containers

FUNCTION = "aws:lambda/function:Function"

READER = stack(
    new(FUNCTION, "resize", {"timeout": 60}),
    new(MAPPING, "resize", eventSourceArn=(QUEUE, "work"), functionName=(FUNCTION, "resize")),
    new(QUEUE, "work", {"visibilityTimeoutSeconds": 360}),
)

HIDING_QUEUE = Node(QUEUE, "work", {"arn": QUEUE_ARN, "url": QUEUE_URL, "visibilityTimeoutSeconds": 30})


def told(**variables: str) -> Node:
    """A task with these variables and the queue's URL."""
    named = [{"name": name, "value": value} for name, value in (variables | {"QUEUE_URL": QUEUE_URL}).items()]
    return Node(TASK, "work", containers({"name": "work", "environment": named}))


SLOW: dict[str, Node | None] = {
    "EventSourceMapping resize": None,
    "TaskDefinition work": told(HANDLER_TIMEOUT_SECONDS="120"),
    "Queue work": HIDING_QUEUE,
}


def logging(name: str, **options: str) -> Node:
    """A task with a log group."""
    log = {"logDriver": "awslogs", "options": {"awslogs-group": name, **options}}
    return Node(TASK, "api", containers({"name": "api", "logConfiguration": log}))


REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"

APP = Node(REPOSITORY, "app", {"repositoryUrl": f"{REGISTRY}/app", "imageTagMutability": "MUTABLE"})


def running(image: str) -> Node:
    """A task with one image."""
    return Node(TASK, "api", containers({"name": "api", "image": image}))


CASES: list[GraphCase] = [
    GraphCase(
        rule="sqs-visibility-vs-consumer",
        stack=READER,
        fails=[
            {"Queue work": new(QUEUE, "work", {"visibilityTimeoutSeconds": 60})},
            {"Queue work": new(QUEUE, "work", {"visibilityTimeoutSeconds": UNKNOWN})},
            {
                "Queue work": new(QUEUE, "work", {"visibilityTimeoutSeconds": 15}),
                "Function resize": new(FUNCTION, "resize"),
            },
            SLOW,
        ],
        waits=[
            {"Queue work": new(QUEUE, "work", visibilityTimeoutSeconds=(QUEUE, "elsewhere"))},
            {"Function resize": new(FUNCTION, "resize", timeout=(QUEUE, "elsewhere"))},
        ],
        passes=[
            {
                "Function resize": new(FUNCTION, "resize"),
                "Queue work": new(QUEUE, "work", {"visibilityTimeoutSeconds": 18}),
            },
            SLOW | {"TaskDefinition work": told(HANDLER_TIMEOUT_SECONDS="30")},
            SLOW | {"TaskDefinition work": told(SOMETHING_ELSE="120")},
        ],
    ),
    GraphCase(
        rule="ecs-log-group-exists",
        stack=stack(logging("/shop/api"), Node(LOG_GROUP, "api", {"name": "/shop/api"})),
        fails=[
            {"LogGroup api": None},
            {"TaskDefinition api": logging("/shop/apis")},
            {"LogGroup api": Node(LOG_GROUP, "api", {"name": "/shop/web"})},
        ],
        waits=[
            {"LogGroup api": new(LOG_GROUP, "api", {"name": UNKNOWN})},
            {"TaskDefinition api": new(TASK, "api", {"containerDefinitions": UNKNOWN})},
        ],
        passes=[
            {"TaskDefinition api": new(TASK, "api", containerDefinitions=(LOG_GROUP, "api"))},
            {"TaskDefinition api": logging("/made/on/the/way", **{"awslogs-create-group": "true"})},
            {"TaskDefinition api": Node(TASK, "api", containers({"logConfiguration": {"logDriver": "awsfirelens"}}))},
        ],
    ),
    GraphCase(
        rule="ecs-image-tag-mutable",
        stack=stack(running(f"{REGISTRY}/app@sha256:{'a' * 64}"), APP),
        fails=[
            {"TaskDefinition api": running(f"{REGISTRY}/app:1.4")},
            {"TaskDefinition api": running(f"{REGISTRY}/app")},
            {"TaskDefinition api": running("123456789012.dkr-ecr-fips.eu-west-1.on.aws/app:1.4")},
            {
                "TaskDefinition api": running(f"{REGISTRY}/app:1"),
                "Repository app": with_props(APP, imageTagMutability=None),
            },
        ],
        waits=[{"TaskDefinition api": new(TASK, "api", containerDefinitions=(REPOSITORY, "app"))}],
        passes=[
            {"TaskDefinition api": running(f"{REGISTRY}/application:1.4")},
            {
                "TaskDefinition api": running(f"{REGISTRY}/app:1.4"),
                "Repository app": with_props(APP, imageTagMutability="IMMUTABLE"),
            },
            {"TaskDefinition api": running(f"{REGISTRY}/app:1@sha256:{'a' * 64}")},
        ],
    ),
    GraphCase(
        rule="ecs-taskdef-health-check",
        stack=BEHIND,
        fails=[
            {"Service api": None},
            {"TaskDefinition api": Node(TASK, "api", containers({"name": "api"}, {"name": "sidecar"}))},
            {
                "TaskDefinition api": Node(TASK, "api", containers({"name": "api", "essential": True}), {}),
                "Service api": None,
            },
        ],
        waits=[{"TaskDefinition api": new(TASK, "api", {"containerDefinitions": UNKNOWN})}],
        passes=[
            {
                "Service api": None,
                "TaskDefinition api": Node(TASK, "api", containers({"healthCheck": {"command": ["CMD", "/check"]}})),
            },
            {
                "TaskDefinition api": Node(
                    TASK, "api", containers({"name": "api"}, {"name": "init", "essential": False})
                )
            },
            {"Service api": with_props(IN_GROUP, desiredCount=1)},
        ],
    ),
]
