"""The rules: a folder for each AWS service, one for rules on any resource, one for rules over the whole stack."""

import importlib
from typing import Final

from slipway_policies.engine.registry import ResourceRule, Rule, registered

# Module of this package to its heading in RULES.md, in the order of that page.
SUBJECTS: Final = {
    "ecs.services": "ECS services and clusters",
    "ecs.task_definitions": "ECS task definitions",
    "ecs.task_hosts": "ECS tasks: host and size",
    "ecs.task_images": "ECS tasks: image",
    "ecr.repositories": "ECR",
    "sns.topics": "SNS",
    "sns.filters": "Filters of messages and events",
    "sqs.queues": "SQS",
    "graph.fan_out": "Senders to queues and topics",
    "graph.message_keys": "KMS keys of topics and queues",
    "graph.dead_letters": "Dead-letter queues",
    "any_resource.tags": "Tags",
    "ec2.instances": "EC2",
    "ec2.access": "EC2: access",
    "vpc.security_groups": "Security groups",
    "vpc.security_group_scope": "Security groups: ports and networks",
    "graph.security_group_parts": "Security groups: all rules together",
    "vpc.boundaries": "VPC",
    "elasticloadbalancing.load_balancers": "Load balancers",
    "elasticloadbalancing.listeners": "Listeners",
    "eks.clusters": "EKS",
    "iam.policies": "IAM policies",
    "iam.scope": "IAM policies on every resource",
    "iam.trust": "IAM roles: who may assume them",
    "iam.identities": "IAM users and AWS's own policies",
    "cloudwatch.logs": "CloudWatch logs and alarms",
    "kms.keys": "KMS",
    "graph.service_paths": "Load balancers and their containers",
    "graph.network_paths": "Subnets and routes",
    "graph.task_roles": "Roles of tasks",
    "graph.companions": "Missing and conflicting companions",
    "graph.unused": "Unused resources",
    "graph.hosts": "Paths from the internet to permissions and data",
    "graph.consumers": "Consumers of queues, and references of task definitions",
    "graph.program": "Resource options and regions",
    "graph.costs": "Costs",
}


def all_rules() -> list[Rule]:
    """All rules, in the order of SUBJECTS and then of their source."""
    modules = [importlib.import_module(f"{__name__}.{subject}").__name__ for subject in SUBJECTS]
    return sorted(registered(), key=lambda rule: modules.index(rule.module))


def resource_rules() -> list[ResourceRule]:
    """The rules over one resource."""
    return [rule for rule in all_rules() if isinstance(rule, ResourceRule)]
