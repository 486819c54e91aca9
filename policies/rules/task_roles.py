"""Graph rules for what the roles of ECS tasks may do, against what the tasks are told to use.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from policies import statements
from policies.graph import Graph, Node
from policies.registry import HIGH, MANDATORY, MEDIUM, Deferred, Finding, Outcomes, rule
from policies.rules.ecs_task_definition import TASK_DEFINITION
from policies.rules.iam import POLICY, ROLE, ROLE_POLICY
from policies.rules.sns import TOPIC
from policies.rules.sqs import QUEUE
from policies.values import Value

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
LINK = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"
ECS_TASKS = "ecs-tasks.amazonaws.com"
SECRET_PARTS = 7  # of arn:partition:secretsmanager:region:account:secret:name; a key within it may follow
CONSUME, SEND = ("sqs:ReceiveMessage", "sqs:DeleteMessage"), ("sqs:SendMessage",)


@dataclass(frozen=True)
class Grants:
    """What the policies of a role allow, as far as the stack shows them."""

    statements: list[Value]
    unknown: bool
    """Whether some policy is not known yet."""
    elsewhere: bool
    """Whether some policy is AWS's own or another stack's, so that what it allows cannot be seen."""
    none: bool
    """Whether nothing at all is attached."""

    def allow(self, action: str, resource: str) -> bool:
        """Whether a statement allows the action on the resource."""
        return any(
            statements.covers(one, "Action", action) and statements.covers(one, "Resource", resource)
            for one in self.statements
        )


@rule(
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST AC-6",),
    link=LINK,
    fix="name the actions and resources that the code needs (`permissions` of slipway's services)",
)
def ecs_task_role_least_privilege(stack: Graph) -> Outcomes:
    """The code of a task does not hold every action of a service, over all policies of its role together."""
    for task, role in _roles(stack, "taskRoleArn"):
        grants = _grants(stack, role)
        wide = any(statements.every_action(one) or _whole_service(one) for one in grants.statements)
        managed = any(arn.endswith(("FullAccess", "AdministratorAccess")) for arn in _managed(stack, role))
        if wide or managed:
            yield Finding(
                "taskRoleArn", f"is role {role.resource.name!r}, which holds every action of a service", task.urn
            )
        elif grants.unknown:
            yield Deferred("policy", role.urn)


@rule(
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
                statements.allows(one) and ECS_TASKS in statements.principals(one, "Service")
                for one in statements.statements(trust)
            ):
                yield Finding(prop, f"is role {role.resource.name!r}, which ECS may not assume", task.urn)


@rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html",
    fix="allow the task role sqs:ReceiveMessage and sqs:DeleteMessage, or sqs:SendMessage, on the queue, as slipway's "
    "QueueWorker does",
)
def ecs_worker_can_consume(stack: Graph) -> Outcomes:
    """A task that is told a queue's URL may consume from the queue, or send to it.

    A role with a policy of AWS's own or of another stack is not judged, as its content is not in the program.
    """
    for task, queue in _told(stack, QUEUE, "url"):
        yield from _can(stack, task, queue, (CONSUME, SEND))


@rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html",
    fix="allow the task role sns:Publish on the topic (`permissions` of slipway's FargateService)",
)
def ecs_api_can_publish(stack: Graph) -> Outcomes:
    """A task that is told a topic's ARN may publish to it.

    A role with a policy of AWS's own or of another stack is not judged, as its content is not in the program.
    """
    for task, topic in _told(stack, TOPIC, "arn"):
        yield from _can(stack, task, topic, (("sns:Publish",),))


@rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    fix="allow the execution role secretsmanager:GetSecretValue or ssm:GetParameters on it (`secrets` of slipway's "
    "services does so)",
)
def ecs_execution_role_covers_secrets(stack: Graph) -> Outcomes:
    """ECS may read the secrets that it hands to a container; otherwise no task ever starts."""
    for task, role in _roles(stack, "executionRoleArn"):
        grants = _grants(stack, role)
        for container in task.resource.document("containerDefinitions").elements():
            for secret in container["secrets"].elements():
                source = secret["valueFrom"]
                if container.unknown or source.unknown or grants.unknown:
                    yield Deferred(source.path, task.urn)
                elif not grants.elsewhere and not _readable(grants, source.text()):
                    yield Finding(source.path, f"may not be read by role {role.resource.name!r}", task.urn)


def _readable(grants: Grants, source: str) -> bool:
    if ":secretsmanager:" in source:
        return grants.allow("secretsmanager:GetSecretValue", ":".join(source.split(":")[:SECRET_PARTS]))
    # A parameter of the same region may be named without its ARN.
    return not source.startswith("arn:") or grants.allow("ssm:GetParameters", source)


def _roles(stack: Graph, prop: str) -> Iterator[tuple[Node, Node]]:
    """Each task definition and the role of the stack that the property names."""
    for task in stack.of(TASK_DEFINITION):
        for role in stack.behind(task, prop, ROLE, "arn"):
            yield task, role


def _told(stack: Graph, kind: str, output: str) -> Iterator[tuple[Node, Node]]:
    """Each task definition and each resource of the type that its environment names: by value, or by an edge."""
    for task in stack.of(TASK_DEFINITION):
        definitions = task.resource.document("containerDefinitions")
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
        for one in stack.of(kind):
            if one.output(output) in values:
                yield task, one


def _can(stack: Graph, task: Node, target: Node, ways: tuple[tuple[str, ...], ...]) -> Outcomes:
    """A finding when the task role allows none of the ways, each a set of actions, on the target."""
    arn = target.output("arn")
    for role in stack.behind(task, "taskRoleArn", ROLE, "arn"):
        grants = _grants(stack, role)
        problem = f"is role {role.resource.name!r}, which may not use {target.resource.name!r} that the task is told of"
        if grants.none:
            yield Finding("taskRoleArn", problem, task.urn)
        elif grants.unknown or arn is None:
            yield Deferred("policy", role.urn)
        elif not grants.elsewhere and not any(all(grants.allow(action, arn) for action in way) for way in ways):
            yield Finding("taskRoleArn", problem, task.urn)


def _grants(stack: Graph, role: Node) -> Grants:
    holders = stack.pointing_at(role, ROLE_POLICY, "role", "name", "id", "arn")
    attachments = stack.pointing_at(role, ATTACHMENT, "role", "name", "id", "arn")
    attached = [stack.behind(one, "policyArn", POLICY, "arn", "id") for one in attachments]
    documents = [one.resource.document("policy") for one in [*holders, *(it for found in attached for it in found)]]
    inline = [one["policy"] for one in role.resource["inlinePolicies"].elements() if role.sets("inlinePolicies")]
    documents += [role.resource.parsed(one) for one in inline]
    elsewhere = any(not found for found in attached) or role.sets("managedPolicyArns")
    allowed = [
        one
        for document in documents
        if not document.unknown
        for one in statements.statements(document)
        if statements.allows(one)
    ]
    unknown = any(document.unknown for document in documents)
    return Grants(allowed, unknown, elsewhere, not documents and not elsewhere)


def _managed(stack: Graph, role: Node) -> list[str]:
    attachments = stack.pointing_at(role, ATTACHMENT, "role", "name", "id", "arn")
    return [arn for one in attachments if (arn := one.output("policyArn"))]


def _whole_service(statement: Value) -> bool:
    parts = [text.partition(":") for text in statements.texts(statement["Action"])]
    return any(action and not action.strip("*") for _, _, action in parts)
