"""One fault is told once: by the most special rule, with all of its places."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from pulumi.runtime import proto

from slipway_policies.engine.server import Analyzer
from slipway_policies.rules import all_rules
from tests.support.policies.analyzer import NO_CONTEXT, Node, analyze, analyze_stack, start_pack, struct

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INSTANCE = "aws:ec2/instance:Instance"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
ACL = "aws:ec2/networkAcl:NetworkAcl"
BOTH = "ingress[0].cidrBlocks[0], ingress[0].ipv6CidrBlocks[0]"


def ingress(*ports: tuple[int, int], protocol: str = "tcp") -> Mapping[str, Any]:
    """A security group with these ports open to the internet, one rule each, by IPv4 and IPv6."""
    world = {"cidrBlocks": ["0.0.0.0/0"], "ipv6CidrBlocks": ["::/0"], "description": "all"}
    rules = [{"protocol": protocol, "fromPort": low, "toPort": high, **world} for low, high in ports]
    return {"description": "web", "vpcId": "vpc-1", "tags": {"Name": "web"}, "ingress": rules}


def allowing(*actions: str) -> Mapping[str, Any]:
    """A policy with these actions on every resource."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"role": "web", "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


class Fault(NamedTuple):
    """A resource with one fault, and what is told of it."""

    name: str
    kind: str
    props: Mapping[str, Any]
    told: list[tuple[str, str]]
    """Rule and the beginning of its finding."""


STATEMENT = "policy.Statement[0]"
FAULTS = [
    Fault("ssh", GROUP, ingress((22, 22)), [("sg-no-ingress-ssh", f"{BOTH} opens TCP port 22 to the internet")]),
    Fault("rdp", GROUP, ingress((3389, 3389)), [("sg-no-ingress-rdp", f"{BOTH} opens TCP port 3389 to the internet")]),
    Fault(
        "ssh-in-a-range",
        GROUP,
        ingress((20, 25)),
        [("sg-no-ingress-ssh", f"{BOTH} opens TCP ports 20 to 25, 22 among them, to the internet")],
    ),
    Fault("database", GROUP, ingress((5432, 5432)), [("sg-no-high-risk-ports", f"{BOTH} opens TCP 5432")]),
    Fault("other-port", GROUP, ingress((7000, 7000)), [("sg-only-authorized-ports", f"{BOTH} opens TCP port 7000")]),
    Fault(
        "every-port",
        GROUP,
        ingress((0, 0), protocol="-1"),
        [("sg-no-ingress-all-ports", f"{BOTH} opens every TCP and UDP port to the internet")],
    ),
    Fault(
        "two-rules",
        GROUP,
        ingress((22, 22), (5432, 5432)),
        [
            ("sg-no-ingress-ssh", f"{BOTH} opens TCP port 22"),
            ("sg-no-high-risk-ports", f"{BOTH.replace('[0].', '[1].')} opens TCP 5432"),
        ],
    ),
    Fault("data", ROLE_POLICY, allowing("s3:GetObject"), [("iam-no-data-exfiltration", STATEMENT)]),
    Fault("keys", ROLE_POLICY, allowing("kms:Decrypt"), [("iam-no-kms-decrypt-all", STATEMENT)]),
    Fault("credentials", ROLE_POLICY, allowing("sts:AssumeRole"), [("iam-no-credentials-exposure", STATEMENT)]),
    Fault("permissions", ROLE_POLICY, allowing("s3:PutBucketPolicy"), [("iam-no-permissions-management", STATEMENT)]),
    Fault("passed-role", ROLE_POLICY, allowing("iam:PassRole"), [("iam-passrole-scoped", STATEMENT)]),
    Fault(
        "escalation",
        ROLE_POLICY,
        allowing("iam:PassRole", "ecs:RunTask"),
        [("iam-no-privilege-escalation", STATEMENT)],
    ),
    Fault("neither", ROLE_POLICY, allowing("sqs:SendMessage"), [("iam-no-star-resource", STATEMENT)]),
    Fault(
        "acl",
        ACL,
        {"ingress": [{"protocol": "-1", "ruleNo": 1, "action": "allow", "cidrBlock": "0.0.0.0/0"}]},
        [("nacl-no-ingress-all", "ingress[0] lets the internet reach every port")],
    ),
]


def told(servicer: Analyzer, kind: str, props: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rule and finding of each fault in networks and permissions."""
    shown = analyze(servicer, kind, props)
    families = ("sg-", "iam-", "nacl-", "ecs-taskdef-awsvpc", "ecs-taskdef-no-host")
    return [(one.rule, one.message.splitlines()[1]) for one in shown if one.rule.startswith(families)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.name)
def test_one_fault_is_told_once_by_its_most_special_rule(fault: Fault) -> None:
    findings = told(start_pack(), fault.kind, fault.props)
    assert [rule for rule, _ in findings] == [rule for rule, _ in fault.told], findings
    for (_, finding), (_, beginning) in zip(findings, fault.told, strict=True):
        assert finding.startswith(beginning)


def test_a_task_on_the_network_of_its_host_is_told_once() -> None:
    task = {"networkMode": "host", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    assert [rule for rule, _ in told(start_pack(), TASK, {**task, "containerDefinitions": "[]"})] == [
        "ecs-taskdef-no-host-network"
    ]


def test_a_rule_over_the_stack_does_not_repeat_a_finding_on_the_resource() -> None:
    group = {**ingress((22, 22)), "id": "sg-1"}
    nodes = [
        Node(GROUP, "web", group),
        Node(INSTANCE, "host", {"id": "i-1", "vpcSecurityGroupIds": ["sg-1"]}),
    ]
    servicer = start_pack()
    first = [one.rule for node in nodes for one in analyze(servicer, node.type, node.props, node.name)]
    later = [one.rule for one in analyze_stack(servicer, *nodes)]
    assert [rule for rule in [*first, *later] if rule.startswith("sg-")] == ["sg-no-ingress-ssh"]
    again = [one.rule for one in analyze_stack(servicer, *nodes)]
    assert "sg-no-public-ingress" in again, "a deployed stack, judged without its resources first, shows it"


def configured(**levels: Any) -> Analyzer:
    """The whole pack with these levels, by the name of the rule with underscores."""
    servicer = start_pack()
    config = {
        name.replace("_", "-"): proto.PolicyConfig(enforcementLevel=level, properties=struct({}))
        for name, level in levels.items()
    }
    servicer.Configure(proto.ConfigureAnalyzerRequest(policyConfig=config), NO_CONTEXT)
    return servicer


@pytest.mark.parametrize("level", [proto.DISABLED, proto.ADVISORY])
def test_a_rule_stands_for_no_stricter_one(level: Any) -> None:
    servicer = configured(sg_no_ingress_ssh=level)
    rules = [rule for rule, _ in told(servicer, GROUP, ingress((22, 22)))]
    assert "sg-no-high-risk-ports" in rules, "what stops the deployment would be lost"
    assert ("sg-no-ingress-ssh" in rules) is (level != proto.DISABLED)


def test_every_rule_stands_for_rules_that_exist_and_none_for_itself() -> None:
    rules = {rule.name: rule for rule in all_rules()}
    for rule in rules.values():
        assert set(rule.stands_for) <= rules.keys(), rule.name
        reached, front = set[str](), set(rule.stands_for)
        while front:
            reached |= front
            front = {name for one in front for name in rules[one].stands_for} - reached
        assert rule.name not in reached, "two rules that stand for each other would both be silent"
