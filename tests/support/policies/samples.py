"""Builders of the properties that the rules' cases are made of, and the types that they belong to."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.policies.analyzer import UNKNOWN

Props = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A rule's table. `bad` pairs properties with the starts of the messages; `wait` are unknown where it matters."""

    rule: str
    kind: str
    good: list[Props]
    bad: list[tuple[Props, list[str]]]
    wait: list[Props] = field(default_factory=list)
    config: Props = field(default_factory=dict)


def nest(path: str, value: Any) -> Props:
    """Properties in which the value stands at a path such as `a.b[0].c`."""
    for part in reversed(path.split(".")):
        name, listed, _ = part.partition("[0]")
        value = {name: [value] if listed else value}
    return dict(value)


def at(rule: str, kind: str, path: str, good: list[Any], bad: list[Any], **beside: Any) -> Case:
    """The case of a rule about one property: which values pass and fail there; None leaves the property out.

    `beside` are other properties of the resource; the message starts with the path.
    """

    def props(value: Any) -> Props:
        return beside | ({} if value is None else nest(path, value))

    return Case(
        rule,
        kind,
        [props(value) for value in good],
        [(props(value), [path]) for value in bad],
        [props(UNKNOWN)],
    )


def containers(*definitions: Any, **task: Any) -> Props:
    """A task definition with these containers."""
    return {"containerDefinitions": json.dumps(definitions), **task}


def statement(**elements: Any) -> Props:
    """A resource with a policy of one statement."""
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **elements}]})}


def env(name: str, value: str) -> Props:
    """A task definition with one environment variable."""
    return containers({"environment": [{"name": name, "value": value}]})


def fargate(cpu: Any, memory: Any) -> Props:
    """A task definition for Fargate of this size."""
    return {"requiresCompatibilities": ["FARGATE"], "cpu": cpu, "memory": memory}


def ingress(*rules: Props) -> Props:
    """A security group with these ingress rules."""
    return {"ingress": list(rules)}


def tcp(low: float, high: float, *cidrs: str, **more: Any) -> Props:
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
