"""Graph rules for roles of ECS tasks: permissions for the queues, topics and secrets of the task.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from collections.abc import Iterator

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import HIGH, MANDATORY, MEDIUM, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.reading import statements
from slipway_policies.rules.ecs.containers import TASK_DEFINITION, container_definitions
from slipway_policies.rules.graph.dead_letters import set_aside
from slipway_policies.rules.graph.message_keys import key_policies, keys_of
from slipway_policies.rules.graph.role_grants import Grants, grants
from slipway_policies.rules.iam.policies import ROLE
from slipway_policies.rules.sns.topics import TOPIC, TOPIC_POLICY
from slipway_policies.rules.sqs.queues import QUEUE, QUEUE_POLICY

LINK = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"
ECS_TASKS = "ecs-tasks.amazonaws.com"
SECRET_PARTS = 7  # of arn:partition:secretsmanager:region:account:secret:name; a key within it may follow
# Type of a secret, and its property with the key.
SECRETS = {"aws:secretsmanager/secret:Secret": "kmsKeyId", "aws:ssm/parameter:Parameter": "keyId"}
# Policies of queues and topics, with the property that names these, and by which of their outputs.
POLICIES = ((QUEUE_POLICY, "queueUrl", ("url", "id")), (TOPIC_POLICY, "arn", ("arn",)))
CONSUME, SEND = ("sqs:ReceiveMessage", "sqs:DeleteMessage"), ("sqs:SendMessage",)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST AC-6",),
    link=LINK,
    fix="name the actions and resources that the code needs (`permissions` of slipway's services)",
)
def ecs_task_role_least_privilege(stack: Graph) -> Outcomes:
    """The code of a task does not hold every action of a service, over all policies of its role together."""
    for task, role in _roles(stack, "taskRoleArn"):
        held = grants(stack, role)
        if held.whole_service:
            yield Finding("taskRoleArn", f"is role {role.resource.name!r} with every action of a service", task.urn)
        elif held.unknown:
            yield Deferred("policy", role.urn)


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=LINK,
    fix=f"allow {ECS_TASKS} sts:AssumeRole in assumeRolePolicy, as slipway's services do",
)
def ecs_task_role_trust(stack: Graph) -> Outcomes:
    """ECS may assume the roles of its tasks."""
    for prop in ("taskRoleArn", "executionRoleArn"):
        for task, role in _roles(stack, prop):
            trust = role.resource.document("assumeRolePolicy")
            if trust.unknown:
                yield Deferred("assumeRolePolicy", role.urn)
            elif not any(
                statements.allows(statement) and ECS_TASKS in statements.principals(statement, "Service")
                for statement in statements.statements(trust)
            ):
                yield Finding(
                    prop, f"is role {role.resource.name!r}, closed to ECS tasks by its trust policy", task.urn
                )


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html"
    ),
    fix="allow the task role sqs:ReceiveMessage and sqs:DeleteMessage, or sqs:SendMessage, on the queue, as slipway's "
    "QueueWorker does",
)
def ecs_worker_can_consume(stack: Graph) -> Outcomes:
    """The role of a task with a queue's URL in its environment may receive from or send to the queue.

    Dead-letter queues are not judged, nor roles with policies of AWS or another stack: their content is unknown.
    """
    aside = set_aside(stack)
    for task, queue in ((task, queue) for task, queue in told_of(stack, QUEUE, "url") if queue.urn not in aside):
        yield from _can(stack, task, queue, (CONSUME, SEND))


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html",
    fix="allow the task role sns:Publish on the topic (`permissions` of slipway's FargateService)",
)
def ecs_api_can_publish(stack: Graph) -> Outcomes:
    """The role of a task with a topic's ARN in its environment may publish to the topic.

    Roles with policies of AWS or another stack are not judged: their content is unknown.
    """
    for task, topic in told_of(stack, TOPIC, "arn"):
        yield from _can(stack, task, topic, (("sns:Publish",),))


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    fix="allow the execution role secretsmanager:GetSecretValue or ssm:GetParameters on it (`secrets` of slipway's "
    "services does so)",
)
def ecs_execution_role_covers_secrets(stack: Graph) -> Outcomes:
    """The execution role of a task may read its secrets; otherwise no task starts."""
    for task, role in _roles(stack, "executionRoleArn"):
        held = grants(stack, role)
        for container in container_definitions(task.resource).elements():
            for secret in container["secrets"].elements():
                source = secret["valueFrom"]
                if container.unknown or source.unknown or held.unknown:
                    yield Deferred(source.path, task.urn)
                elif not held.elsewhere and not _readable(held, source.text()):
                    yield Finding(source.path, f"may not be read by role {role.resource.name!r}", task.urn)


def _readable(held: Grants, source: str) -> bool:
    if ":secretsmanager:" in source:
        return held.allow("secretsmanager:GetSecretValue", ":".join(source.split(":")[:SECRET_PARTS]))
    # A parameter of the same region may be named without its ARN.
    return not source.startswith("arn:") or held.allow("ssm:GetParameters", source)


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-secrets",
    fix="allow the execution role kms:Decrypt on the key (`secrets_kms_key_arns` of slipway's services does so)",
)
def ecs_execution_role_decrypts_secrets(stack: Graph) -> Outcomes:
    """The execution role of a task may use the customer managed keys of its secrets; otherwise no task starts."""
    for task, role in _roles(stack, "executionRoleArn"):
        held = grants(stack, role)
        for kind, prop in SECRETS.items():
            for secret in secrets_of(stack, task, kind):
                for arn in _key_arns(stack, secret, prop, role):
                    if held.unknown or arn is None:
                        yield Deferred("policy", role.urn)
                    elif not held.elsewhere and not held.allow("kms:Decrypt", arn):
                        name = f"secret {secret.resource.name!r}, whose key role {role.resource.name!r} may not use"
                        yield Finding("containerDefinitions", f"name {name}", task.urn)


def _key_arns(stack: Graph, secret: Node, prop: str, role: Node) -> Iterator[str | None]:
    """ARNs of the secret's keys, None for an unknown one, without keys whose own policy names the role."""
    keys, text = keys_of(stack, secret, prop), secret.output(prop) or ""
    if not keys and ":key/" in text:
        yield text
    for key in keys:
        if not any(_names(stack, holder, role) for holder in key_policies(stack, key)):
            yield key.output("arn")


def _roles(stack: Graph, prop: str) -> Iterator[tuple[Node, Node]]:
    """Each task definition and its role of the stack in the property."""
    for task in stack.of(TASK_DEFINITION):
        for role in stack.behind(task, prop, ROLE, "arn"):
            yield task, role


def told_of(stack: Graph, kind: str, output: str) -> Iterator[tuple[Node, Node]]:
    """Each task definition and each resource of the type in its environment, found by value or by an edge."""
    for task in stack.of(TASK_DEFINITION):
        definitions = container_definitions(task.resource)
        if definitions.unknown:
            for one in stack.behind(task, "containerDefinitions", kind):
                yield task, one
            continue
        values = {
            variable["value"].raw
            for container in definitions.elements()
            for variable in container["environment"].elements()
            if isinstance(variable["value"].raw, str)
        }
        known = stack.by_output((kind,), (output,))
        yield from ((task, one) for text in sorted(values) for one in known.get(text, ()))


def secrets_of(stack: Graph, task: Node, kind: str) -> list[Node]:
    """The secrets or parameters of the stack in the containers of a task."""
    definitions = container_definitions(task.resource)
    if definitions.unknown:
        return stack.behind(task, "containerDefinitions", kind)
    sources = [secret["valueFrom"].raw for it in definitions.elements() for secret in it["secrets"].elements()]
    known = stack.by_output((kind,), ("arn", "name"))
    arns = [":".join(text.split(":")[:SECRET_PARTS]) for text in sources if isinstance(text, str)]
    return [one for arn in dict.fromkeys(arns) for one in known.get(arn, ())]


def _can(stack: Graph, task: Node, target: Node, ways: tuple[tuple[str, ...], ...]) -> Outcomes:
    """A finding when the task role allows none of the ways, each a set of actions, on the target.

    Targets with the role in their own policy are not judged.
    """
    arn = target.output("arn")
    policies = [
        target,
        *(node for kind, prop, outputs in POLICIES for node in stack.pointing_at(target, kind, prop, *outputs)),
    ]
    for role in stack.behind(task, "taskRoleArn", ROLE, "arn"):
        if any(_names(stack, policy, role) for policy in policies):
            continue
        held = grants(stack, role)
        problem = (
            f"is role {role.resource.name!r} without permissions for {target.resource.name!r} in the task's environment"
        )
        if held.none:
            yield Finding("taskRoleArn", problem, task.urn)
        elif held.unknown or arn is None:
            yield Deferred("policy", role.urn)
        elif held.elsewhere or _allowed(held, target, ways):
            continue
        elif any(_allowed(held, other, ways) for other in _alternatives(stack, task, target)):
            yield Deferred("containerDefinitions", task.urn)
        else:
            yield Finding("taskRoleArn", problem, task.urn)


def _allowed(held: Grants, target: Node, ways: tuple[tuple[str, ...], ...]) -> bool:
    """Whether the role has one of the ways, each a set of actions, on the target."""
    arn = target.output("arn")
    return arn is not None and any(all(held.allow(action, arn) for action in way) for way in ways)


def _alternatives(stack: Graph, task: Node, target: Node) -> list[Node]:
    """Other resources that an unknown environment may name in the target's place.

    An output made from several queues, such as a map of their URLs, gives each user of one URL an edge to all of them.
    """
    if not container_definitions(task.resource).unknown:
        return []
    behind = stack.behind(task, "containerDefinitions", target.resource.type)
    return [node for node in behind if node.urn != target.urn]


def _names(stack: Graph, holder: Node, role: Node) -> bool:
    """Whether the holder's policy names the role: by an edge, or in its text."""
    arn, text = role.output("arn"), holder.output("policy")
    fed = any(node.urn == role.urn for node in stack.behind(holder, "policy", ROLE, "arn"))
    return fed or bool(arn and text and f'"{arn}"' in text)
