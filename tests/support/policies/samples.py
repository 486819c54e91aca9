"""Types of resources, and builders of properties for the cases of the rules."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.policies.analyzer import UNKNOWN

Props = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Examples of one rule on resources of one type."""

    rule: str
    kind: str
    passes: list[Props]
    fails: list[tuple[Props, list[str]]]
    """Properties, and how each message about them begins."""
    waits: list[Props] = field(default_factory=list)
    """Properties with an unknown value where the rule looks."""
    config: Props = field(default_factory=dict)


def nest(path: str, value: Any) -> Props:
    """Properties with the value at a path such as `a.b[0].c`."""
    for part in reversed(path.split(".")):
        name, listed, _ = part.partition("[0]")
        value = {name: [value] if listed else value}
    return dict(value)


def at(rule: str, kind: str, path: str, passes: list[Any], fails: list[Any], **beside: Any) -> Case:
    """The case of a rule about one property: its passing and failing values; None leaves the property out.

    `beside` are other properties of the resource; the message starts with the path.
    """

    def props(value: object) -> Props:
        return beside | ({} if value is None else nest(path, value))

    return Case(
        rule,
        kind,
        passes=[props(value) for value in passes],
        fails=[(props(value), [path]) for value in fails],
        waits=[props(UNKNOWN)],
    )


def containers(*definitions: object, **task: object) -> Props:
    """A task definition with these containers."""
    return {"containerDefinitions": json.dumps(definitions), **task}


def statement(**elements: object) -> Props:
    """A resource with a policy of one statement."""
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **elements}]})}


def env(name: str, value: str) -> Props:
    """A task definition with one environment variable."""
    return containers({"environment": [{"name": name, "value": value}]})


def fargate(cpu: object, memory: object) -> Props:
    """A task definition for Fargate of this size."""
    return {"requiresCompatibilities": ["FARGATE"], "cpu": cpu, "memory": memory}


def ingress(*rules: Props) -> Props:
    """A security group with these ingress rules."""
    return {"ingress": list(rules)}


def tcp(low: float, high: float, *cidrs: str, **more: object) -> Props:
    """One ingress rule."""
    return {"protocol": "tcp", "fromPort": low, "toPort": high, "cidrBlocks": list(cidrs), **more}


SERVICE, TASK = "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition"
QUEUE, QUEUE_POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
TOPIC, TOPIC_POLICY = "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"
INSTANCE, TEMPLATE = "aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"
GROUP, GROUP_RULE = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
REPOSITORY, CLUSTER = "aws:ecr/repository:Repository", "aws:ecs/cluster:Cluster"
LOG_GROUP, ROLE, ROLE_POLICY = "aws:cloudwatch/logGroup:LogGroup", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"

PUBLIC = {"Principal": "*", "Action": "sqs:*", "Resource": "*"}
EVERYTHING = {"Action": "*", "Resource": "*"}
FROM_ANYWHERE = {"StringLike": {"aws:SourceArn": "arn:aws:sns:*"}}
FROM_HOME = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
ON_BREAKER = {"enable": True, "rollback": True}


FALSE_OR_ABSENT: list[object] = [None, False, "false"]

TRUE_VALUES: list[object] = [True, "true"]


def failing_with(rule: str, kind: str, passes: list[Props], fails: list[tuple[Props, str]], **config: object) -> Case:
    """A case without waiting examples; each failing example has the start of its one message."""
    return Case(rule, kind, passes, [(props, [start]) for props, start in fails], [], config)


EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"

FROM_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}

INSECURE = {"Bool": {"aws:SecureTransport": "false"}}

DENY_WITHOUT_TLS = {"Effect": "Deny", "Principal": "*", "Condition": INSECURE}

EVERYBODY = {"Principal": {"AWS": "*"}, "Action": "sqs:SendMessage", "Resource": "*"}

ANY_CALLER = {"StringLike": {"aws:PrincipalArn": "*"}}

FIRST_STATEMENT = ["policy.Statement[0]"]

OVER_TLS = {"Bool": {"aws:SecureTransport": True}}

KEY_PAIR = "aws:ec2/keyPair:KeyPair"

LAUNCH = "aws:ec2/launchConfiguration:LaunchConfiguration"

SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"

ANYWHERE = "0.0.0.0/0"

EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

ACL = "aws:ec2/networkAcl:NetworkAcl"

EKS = "aws:eks/cluster:Cluster"

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"

ORDERS_QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:orders"


def allow(action: object, resource: object = "*", **more: object) -> Props:
    """A policy of one statement."""
    return statement(Action=action, Resource=resource, **more)


def policy_case(rule: str, passes: list[Props], fails: list[Props]) -> Case:
    """The case of a rule about the statements of a policy."""
    return Case(rule, ROLE_POLICY, passes, [(props, FIRST_STATEMENT) for props in fails], [{"policy": UNKNOWN}])


EVERY_ROLE = "arn:aws:iam::123456789012:role/*"

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
