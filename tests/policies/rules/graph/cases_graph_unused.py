"""Stacks for the rules over what nothing uses, and for companions of queues: what passes, and what does not."""

from tests.policies.rules.graph.cases_graph_messages import KEYED_QUEUE
from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ALARM,
    BALANCER,
    BEHIND,
    KEY,
    LISTENER,
    SERVICE_NODE,
    SUBNET,
    SUBSCRIPTION,
    TARGETS,
    VPC,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import GROUP, INSTANCE, QUEUE, ROLE, TOPIC

ACL, ACL_ASSOCIATION = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclAssociation:NetworkAclAssociation"
EIP, NAT, ALIAS = "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway", "aws:kms/alias:Alias"
POLICY, ATTACHMENT = "aws:iam/policy:Policy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
CHAT = "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration"
STACK = "pulumi:pulumi:StackReference"
KEY_POLICY, RULE = "aws:kms/keyPolicy:KeyPolicy", "aws:lb/listenerRule:ListenerRule"
VISIBLE, OLDEST = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
BY_QUERY = [{"id": "m", "metric": {"metricName": VISIBLE, "dimensions": {"QueueName": UNKNOWN}}}]
DEAD_BY_ANOTHER = new("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "work", queueUrl=(QUEUE, "work"))
NOT_ATTACHED = {"NatGateway nat": None}


def watched(metric: str, **fed_by: tuple[str, str]) -> Node:
    """An alarm on a metric of the queue."""
    return new(ALARM, "work", {"metricName": metric}, dimensions=(QUEUE, "work"), **fed_by)


UNUSED_CASES = [
    GraphCase(
        "sg-attached",
        BEHIND,
        [{"Service api": SERVICE_NODE}, {"LoadBalancer api": None}, {"SecurityGroup old": new(GROUP, "old")}],
        [],
        [
            {"SecurityGroupIngressRule from-lb": None},
            {"LoadBalancer api": None, "Instance a": new(INSTANCE, "a", vpcSecurityGroupIds=(GROUP, "lb"))},
            {"LoadBalancer api": None, "Thing a": new("acme:any/thing:Thing", "a", groups=(GROUP, "lb"))},
        ],
    ),
    GraphCase(
        "eip-attached",
        stack(new(EIP, "nat"), new(NAT, "nat", allocationId=(EIP, "nat"))),
        [
            NOT_ATTACHED,
            {"Eip spare": new(EIP, "spare")},
            NOT_ATTACHED | {"Eip nat": Node(EIP, "nat", {"allocationId": "eipalloc-1"})},
        ],
        [],
        [
            NOT_ATTACHED | {"Eip nat": new(EIP, "nat", instance=(INSTANCE, "host"))},
            {
                "Eip nat": Node(EIP, "nat", {"allocationId": "eipalloc-1"}),
                "NatGateway nat": Node(NAT, "nat", {"allocationId": "eipalloc-1"}),
            },
            NOT_ATTACHED | {"Eip nat": Node(EIP, "nat", {"networkInterface": "eni-1"})},
        ],
    ),
    GraphCase(
        "nacl-attached",
        stack(new(ACL, "main", {"subnetIds": [UNKNOWN]}, vpcId=(VPC, "main"))),
        [
            {"NetworkAcl main": new(ACL, "main")},
            {"NetworkAcl main": new(ACL, "main", {"subnetIds": []})},
            {"NetworkAcl two": new(ACL, "two", vpcId=(VPC, "main"))},
        ],
        [],
        [
            {"NetworkAcl main": new(ACL, "main", subnetIds=(SUBNET, "a"))},
            {"NetworkAcl main": new(ACL, "main"), "a": new(ACL_ASSOCIATION, "a", networkAclId=(ACL, "main"))},
            {"NetworkAcl main": None},
        ],
    ),
    GraphCase(
        "unused-kms-key",
        stack(new(KEY, "k"), KEYED_QUEUE, new(ALIAS, "a", targetKeyId=(KEY, "k"))),
        [
            {"Queue work": None},
            {"Queue work": None, "Alias a": None},
            {"Queue work": None, "Alias a": None, "KeyPolicy k": new(KEY_POLICY, "k", keyId=(KEY, "k"))},
        ],
        [],
        [
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
        "orphan-target-group",
        BEHIND,
        [
            {"Listener api": None},
            {"TargetGroup spare": new(TARGETS, "spare")},
            {"Listener api": new(LISTENER, "api", loadBalancerArn=(BALANCER, "api"))},
        ],
        [],
        [
            {"Listener api": None, "ListenerRule a": new(RULE, "a", actions=(TARGETS, "api"))},
            {"Service api": None},
            {"Listener api": None, "Thing a": new("acme:any/thing:Thing", "a", target=(TARGETS, "api"))},
        ],
    ),
    GraphCase(
        "orphan-iam-policy",
        stack(new(POLICY, "read", {"policy": policy()}), new(ATTACHMENT, "read", policyArn=(POLICY, "read"))),
        [
            {"RolePolicyAttachment read": None},
            {"Policy spare": new(POLICY, "spare")},
            {
                "RolePolicyAttachment read": Node(
                    ATTACHMENT, "read", {"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
                )
            },
        ],
        [],
        [
            {"RolePolicyAttachment read": None, "Role a": new(ROLE, "a", managedPolicyArns=(POLICY, "read"))},
            {
                "Policy read": Node(POLICY, "read", {"arn": "arn:policy"}),
                "RolePolicyAttachment read": Node(ATTACHMENT, "read", {"policyArn": "arn:policy"}),
            },
            {"RolePolicyAttachment read": None, "Role a": new(ROLE, "a", permissionsBoundary=(POLICY, "read"))},
        ],
    ),
    *(
        GraphCase(
            rule,
            stack(new(QUEUE, "work", {prop: "{}"}), watched(metric)),
            [
                {"MetricAlarm work": None},
                {"MetricAlarm work": watched("NumberOfMessagesSent")},
                {"MetricAlarm work": new(ALARM, "work", {"metricName": metric}, dimensions=(QUEUE, "another"))},
                {"MetricAlarm work": watched(metric, alarmActions=(TOPIC, "ops")), "Topic ops": new(TOPIC, "ops")},
                {
                    "MetricAlarm work": watched(metric, alarmActions=(TOPIC, "ops")),
                    "Topic ops": new(TOPIC, "ops"),
                    "TopicSubscription a": new(SUBSCRIPTION, "a", topic=(TOPIC, "orders")),
                },
                *more_bad,
            ],
            [],
            [
                {"MetricAlarm work": new(ALARM, "work", {"metricQueries": BY_QUERY}, metricQueries=(QUEUE, "work"))},
                {"Queue plain": new(QUEUE, "plain")},
                {"MetricAlarm work": watched(metric, alarmActions=(STACK, "shared"))},
                {
                    "MetricAlarm work": with_props(
                        watched(metric, alarmActions=(TOPIC, "ops")),
                        alarmActions=[UNKNOWN, "arn:aws:sns:eu-west-1:1:ops"],
                    ),
                    "Topic ops": new(TOPIC, "ops"),
                },
                {
                    "MetricAlarm work": watched(metric, alarmActions=(TOPIC, "ops")),
                    "Topic ops": new(TOPIC, "ops"),
                    "TopicSubscription a": new(SUBSCRIPTION, "a", topic=(TOPIC, "ops")),
                },
                {
                    "MetricAlarm work": watched(metric, alarmActions=(TOPIC, "ops")),
                    "Topic ops": new(TOPIC, "ops"),
                    "Chat a": new(CHAT, "a", snsTopicArns=(TOPIC, "ops")),
                },
                {
                    "Queue work": Node(QUEUE, "work", {prop: "{}", "name": "work-1"}),
                    "MetricAlarm work": Node(
                        ALARM, "work", {"metricName": metric, "dimensions": {"QueueName": "work-1"}}
                    ),
                },
            ],
        )
        for rule, prop, metric, more_bad in (
            (
                "dlq-depth-alarm",
                "redriveAllowPolicy",
                VISIBLE,
                [{"MetricAlarm work": None, "Queue work": new(QUEUE, "work"), "a": DEAD_BY_ANOTHER}],
            ),
            ("sqs-depth-alarm", "redrivePolicy", OLDEST, []),
        )
    ),
]
