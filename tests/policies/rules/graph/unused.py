"""Cases of the rules in `graph.unused`: Unused resources."""

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ACL,
    ALARM,
    ALIAS,
    ATTACHMENT,
    BALANCER,
    BEHIND,
    EIP,
    KEY,
    KEY_POLICY,
    KEYED_QUEUE,
    LISTENER,
    NAT,
    RULE,
    SERVICE_NODE,
    SUBNET,
    TARGETS,
    VPC,
    GraphCase,
    new,
    policy,
    stack,
)
from tests.support.policies.samples import GROUP, INSTANCE, QUEUE, ROLE, SERVICE

NOT_ATTACHED = {"NatGateway nat": None}

ACL_ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"

POLICY = "aws:iam/policy:Policy"

CASES: list[GraphCase] = [
    GraphCase(
        rule="sg-attached",
        stack=BEHIND,
        fails=[{"Service api": SERVICE_NODE}, {"LoadBalancer api": None}, {"SecurityGroup old": new(GROUP, "old")}],
        waits=[],
        passes=[
            {"SecurityGroupIngressRule from-lb": None},
            {"LoadBalancer api": None, "Instance a": new(INSTANCE, "a", vpcSecurityGroupIds=(GROUP, "lb"))},
            {"LoadBalancer api": None, "Thing a": new("acme:any/thing:Thing", "a", groups=(GROUP, "lb"))},
        ],
    ),
    GraphCase(
        rule="eip-attached",
        stack=stack(new(EIP, "nat"), new(NAT, "nat", allocationId=(EIP, "nat"))),
        fails=[
            NOT_ATTACHED,
            {"Eip spare": new(EIP, "spare")},
            NOT_ATTACHED | {"Eip nat": Node(EIP, "nat", {"allocationId": "eipalloc-1"})},
        ],
        waits=[],
        passes=[
            NOT_ATTACHED | {"Eip nat": new(EIP, "nat", instance=(INSTANCE, "host"))},
            {
                "Eip nat": Node(EIP, "nat", {"allocationId": "eipalloc-1"}),
                "NatGateway nat": Node(NAT, "nat", {"allocationId": "eipalloc-1"}),
            },
            NOT_ATTACHED | {"Eip nat": Node(EIP, "nat", {"networkInterface": "eni-1"})},
        ],
    ),
    GraphCase(
        rule="nacl-attached",
        stack=stack(new(ACL, "main", {"subnetIds": [UNKNOWN]}, vpcId=(VPC, "main"))),
        fails=[
            {"NetworkAcl main": new(ACL, "main")},
            {"NetworkAcl main": new(ACL, "main", {"subnetIds": []})},
            {"NetworkAcl two": new(ACL, "two", vpcId=(VPC, "main"))},
        ],
        waits=[],
        passes=[
            {"NetworkAcl main": new(ACL, "main", subnetIds=(SUBNET, "a"))},
            {"NetworkAcl main": new(ACL, "main"), "a": new(ACL_ASSOCIATION, "a", networkAclId=(ACL, "main"))},
            {"NetworkAcl main": None},
        ],
    ),
    GraphCase(
        rule="unused-kms-key",
        stack=stack(new(KEY, "k"), KEYED_QUEUE, new(ALIAS, "a", targetKeyId=(KEY, "k"))),
        fails=[
            {"Queue work": None},
            {"Queue work": None, "Alias a": None},
            {"Queue work": None, "Alias a": None, "KeyPolicy k": new(KEY_POLICY, "k", keyId=(KEY, "k"))},
        ],
        waits=[],
        passes=[
            {"Alias a": None},
            {"Queue work": new(QUEUE, "work", kmsMasterKeyId=(ALIAS, "a"))},
            {
                "Alias a": None,
                "Key k": Node(KEY, "k", {"keyId": "1234"}),
                "Queue work": Node(QUEUE, "work", {"kmsMasterKeyId": "1234"}),
            },
        ],
    ),
    GraphCase(
        rule="orphan-target-group",
        stack=BEHIND,
        fails=[
            {"Listener api": None},
            {"TargetGroup spare": new(TARGETS, "spare")},
            {"Listener api": new(LISTENER, "api", loadBalancerArn=(BALANCER, "api"))},
        ],
        waits=[],
        passes=[
            {"Listener api": None, "ListenerRule a": new(RULE, "a", actions=(TARGETS, "api"))},
            {"Service api": None},
            {"Listener api": None, "Thing a": new("acme:any/thing:Thing", "a", target=(TARGETS, "api"))},
        ],
    ),
    GraphCase(
        rule="orphan-iam-policy",
        stack=stack(new(POLICY, "read", {"policy": policy()}), new(ATTACHMENT, "read", policyArn=(POLICY, "read"))),
        fails=[
            {"RolePolicyAttachment read": None},
            {"Policy spare": new(POLICY, "spare")},
            {
                "RolePolicyAttachment read": Node(
                    ATTACHMENT, "read", {"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
                )
            },
        ],
        waits=[],
        passes=[
            {"RolePolicyAttachment read": None, "Role a": new(ROLE, "a", managedPolicyArns=(POLICY, "read"))},
            {
                "Policy read": Node(POLICY, "read", {"arn": "arn:policy"}),
                "RolePolicyAttachment read": Node(ATTACHMENT, "read", {"policyArn": "arn:policy"}),
            },
            {"RolePolicyAttachment read": None, "Role a": new(ROLE, "a", permissionsBoundary=(POLICY, "read"))},
        ],
    ),
    GraphCase(
        rule="alarm-has-action",
        stack=stack(new(ALARM, "slow", {"alarmActions": ["arn:aws:sns:t"]})),
        fails=[
            {"MetricAlarm slow": new(ALARM, "slow")},
            {"MetricAlarm slow": new(ALARM, "slow", {"alarmActions": []})},
            {"MetricAlarm slow": new(ALARM, "slow", {"okActions": ["arn:aws:sns:t"]})},
            {"MetricAlarm slow": new(ALARM, "slow"), "Service api": new(SERVICE, "api", loadBalancers=(ALARM, "slow"))},
        ],
        waits=[],
        passes=[
            {"MetricAlarm slow": new(ALARM, "slow", {"alarmActions": [UNKNOWN]})},
            {"MetricAlarm slow": new(ALARM, "slow"), "Service api": new(SERVICE, "api", alarms=(ALARM, "slow"))},
            {
                "MetricAlarm slow": Node(ALARM, "slow", {"name": "slow-1"}),
                "Service api": Node(SERVICE, "api", {"alarms": {"alarmNames": ["slow-1"]}}),
            },
        ],
    ),
]
