"""A deployed stack is judged by the properties of its program, not by values from AWS."""

import json

import pytest

from tests.support.policies.analyzer import Node, Shown, analyze, analyze_stack, only, start_pack
from tests.support.policies.graph_samples import ATTACHMENT, KEY, policy
from tests.support.policies.samples import GROUP, INGRESS_RULE, QUEUE, ROLE, ROLE_POLICY, Props, tcp

Resource = tuple[str, str, Props, Props]
MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
OPENED = {"ingress": [tcp(443, 443, "10.0.0.0/8")]}
INLINE = {"inlinePolicies": [{"name": "a", "policy": policy({"Action": "sqs:SendMessage", "Resource": "*"})}]}
KEY_POLICY = {"policy": policy({"Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "kms:*", "Resource": "*"})}


def deployed(rule: str, *resources: Resource) -> list[Shown]:
    """The rule's messages on resources with this type, name, inputs and further outputs."""
    servicer = start_pack(only(rule))
    for kind, name, inputs, _ in resources:
        analyze(servicer, kind, inputs, name)
    return analyze_stack(servicer, *(Node(kind, name, inputs | outputs) for kind, name, inputs, outputs in resources))


GROUP_RULE: Resource = (INGRESS_RULE, "web", {"securityGroupId": "sg-1"}, {})
ATTACHED: Resource = (ATTACHMENT, "web", {"role": "web", "policyArn": MANAGED}, {})


@pytest.mark.parametrize(
    ("rule", "kind", "filled_in", "beside"),
    [
        ("sg-rule-management-conflict", GROUP, {"id": "sg-1", **OPENED}, GROUP_RULE),
        ("iam-role-management-conflict", ROLE, {"name": "web", "managedPolicyArns": [MANAGED]}, ATTACHED),
        ("iam-role-management-conflict", ROLE, {"name": "web", **INLINE}, (ROLE_POLICY, "web", {"role": "web"}, {})),
    ],
)
def test_what_other_resources_added_is_no_conflict_until_the_program_writes_it_too(
    rule: str, kind: str, filled_in: Props, beside: Resource
) -> None:
    assert deployed(rule, (kind, "web", {}, filled_in), beside) == []
    assert len(deployed(rule, (kind, "web", filled_in, {}), beside)) == 1


def test_the_policy_that_aws_writes_for_a_key_is_not_the_programs() -> None:
    assert len(deployed("kms-policy-defined", (KEY, "web", {}, KEY_POLICY))) == 1
    assert deployed("kms-policy-defined", (KEY, "web", KEY_POLICY, {})) == []


def test_an_open_rule_is_told_at_the_resource_that_wrote_it() -> None:
    world = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0", "securityGroupId": "sg-1"}
    group: Resource = (GROUP, "web", {}, {"id": "sg-1", "ingress": [tcp(443, 443, "0.0.0.0/0")]})
    [shown] = deployed("sg-no-public-ingress", group, (INGRESS_RULE, "web", world, {}))
    assert shown.urn.endswith("SecurityGroupIngressRule::web")


def test_what_somebody_else_set_on_a_queue_counts_where_it_is_about_what_happens() -> None:
    redrive = {"redrivePolicy": json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:1:dead"})}
    assert deployed("sqs-dlq-configured", (QUEUE, "work", {}, redrive)) == []
