"""Graph rules for consumers of queues, and for log groups, image tags and health checks of task definitions.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from collections.abc import Iterator
from typing import Final

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import (
    ADVISORY,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    OFF,
    Deferred,
    Finding,
    Outcomes,
    stack_rule,
)
from slipway_policies.engine.values import Value
from slipway_policies.reading.ecr_hosts import with_common_host
from slipway_policies.rules.cloudwatch.logs import LOG_GROUP
from slipway_policies.rules.ecr.repositories import REPOSITORY
from slipway_policies.rules.ecs.containers import TASK_DEFINITION, container_definitions
from slipway_policies.rules.ecs.services import SERVICE
from slipway_policies.rules.graph.task_roles import told_of
from slipway_policies.rules.sqs.queues import GUIDE, QUEUE

SOURCE_MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
FUNCTION = "aws:lambda/function:Function"
ECS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide"
DEFAULT_VISIBILITY_SECONDS, DEFAULT_FUNCTION_SECONDS = 30, 3
FUNCTION_TIMES: Final = 6  # Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link=f"{GUIDE}/sqs-visibility-timeout.html",
    fix="set visibilityTimeoutSeconds of the queue to 6 times a function's timeout, or to more than the handler's "
    "(visibility_timeout_seconds of slipway's Queue and FanOut)",
    settings={
        "timeoutVariables": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["HANDLER_TIMEOUT_SECONDS", "MESSAGE_TIMEOUT_SECONDS", "VISIBILITY_TIMEOUT_SECONDS"],
            "description": "Environment variables with the seconds that a task takes for a message.",
        }
    },
)
def sqs_visibility_vs_consumer(stack: Graph) -> Outcomes:
    """The visibility timeout of a queue is longer than its consumer's timeout.

    Otherwise a message is handled twice. For Lambda, AWS asks for six times the function's timeout, to leave time for
    retries of throttled calls.
    """
    for mapping in stack.of(SOURCE_MAPPING):
        for queue in stack.behind(mapping, "eventSourceArn", QUEUE, "arn"):
            for function in stack.behind(mapping, "functionName", FUNCTION, "arn", "name", "id"):
                seconds = function.number("timeout", DEFAULT_FUNCTION_SECONDS)
                needed = None if seconds is None else FUNCTION_TIMES * seconds
                yield from _hidden(queue, needed, f"6 times the timeout of function {function.resource.name!r}")
    for task, queue in told_of(stack, QUEUE, "url"):
        for said in _variables(task, stack.config.texts("timeoutVariables")):
            yield from _hidden(
                queue, None if said.unknown else said.number(), f"the processing time of task {task.resource.name!r}"
            )


def _hidden(queue: Node, needed: float | None, what: str) -> Outcomes:
    visible = queue.number("visibilityTimeoutSeconds", DEFAULT_VISIBILITY_SECONDS)
    if visible is None or needed is None:
        yield Deferred("visibilityTimeoutSeconds", queue.urn)
    elif visible < needed:
        yield Finding("visibilityTimeoutSeconds", f"is below {what}, so messages are handled twice", queue.urn)


def _variables(task: Node, names: list[str]) -> Iterator[Value]:
    definitions = container_definitions(task.resource)
    if definitions.unknown and names:
        yield definitions
    for container in definitions.elements():
        for variable in container["environment"].elements():
            if variable["name"].text() in names:
                yield variable["value"]


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    link=f"{ECS}/using_awslogs.html",
    fix="add a LogGroup of that name and give its name to awslogs-group, as slipway's services do",
)
def ecs_log_group_exists(stack: Graph) -> Outcomes:
    """The log groups of containers exist in the stack; without its log group no task starts.

    Containers with awslogs-create-group pass: AWS creates the group, without retention.
    """
    names = {group.output("name") for group in stack.of(LOG_GROUP)}
    for task in stack.of(TASK_DEFINITION):
        definitions = container_definitions(task.resource)
        if definitions.unknown and not stack.behind(task, "containerDefinitions", LOG_GROUP):
            yield Deferred("containerDefinitions", task.urn)
        for container in () if definitions.unknown else definitions.elements():
            options = container["logConfiguration"]["options"]
            group = options["awslogs-group"]
            if group.absent or group.text() in names or options["awslogs-create-group"].true:
                continue
            if group.unknown or None in names:
                yield Deferred(group.path, task.urn)
            else:
                yield Finding(group.path, "is the name of no LogGroup of the stack", task.urn)


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    controls=("NIST CM-2", "NIST SI-7"),
    link="https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
    fix="set imageTagMutability of the repository to IMMUTABLE, or name the image by its digest, as slipway's "
    "ContainerImage does both",
)
def ecs_image_tag_mutable(stack: Graph) -> Outcomes:
    """Tasks with an image by tag use a repository with immutable tags."""
    mutable = [
        node for node in stack.of(REPOSITORY) if not str(node.output("imageTagMutability")).startswith("IMMUTABLE")
    ]
    for task in stack.of(TASK_DEFINITION) if mutable else ():
        definitions = container_definitions(task.resource)
        if definitions.unknown and stack.behind(task, "containerDefinitions", REPOSITORY):
            yield Deferred("containerDefinitions", task.urn)
        for container in () if definitions.unknown else definitions.elements():
            image = container["image"]
            named, _, digest = image.text().partition("@")
            for repository in () if digest else mutable:
                if named and with_common_host(str(repository.output("repositoryUrl"))) == _untagged(named):
                    problem = f"is a movable tag of repository {repository.resource.name!r}"
                    yield Finding(image.path, problem, task.urn)


def _untagged(image: str) -> str:
    before, slash, last = with_common_host(image).rpartition("/")
    return before + slash + last.partition(":")[0]


@stack_rule(
    level=OFF,
    severity=LOW,
    link=f"{ECS}/healthcheck.html",
    fix="set healthCheck of the container (container_health_check of slipway's services)",
)
def ecs_taskdef_health_check(stack: Graph) -> Outcomes:
    """Essential containers have a health check, their own or a load balancer's.

    Off unless configured: a container needs none when it exits on failure, as a queue worker does.
    """
    for task in stack.of(TASK_DEFINITION):
        services = stack.pointing_at(task, SERVICE, "taskDefinition", "arn", "id", "family")
        asked = {
            target["containerName"].text()
            for service in services
            for target in service.resource["loadBalancers"].elements()
        }
        for container in container_definitions(task.resource).elements():
            check = container["healthCheck"]
            if container.unknown:
                yield Deferred(container.path, task.urn)
            elif check.absent and not container["essential"].false and container["name"].text() not in asked:
                yield Finding(check.path, "is missing, and no load balancer asks the container", task.urn)
