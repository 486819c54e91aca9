"""Cases of the rules in `graph.companions`: Missing and conflicting companions."""

from tests.support.policies.analyzer import UNKNOWN, Node
from tests.support.policies.graph_samples import (
    ALARM,
    BALANCER,
    BEHIND,
    BY_ATTACHMENT,
    DEFAULT_GROUP,
    EGRESS_RULE,
    KEY,
    KEY_POLICY,
    ROLE_NODE,
    SNS_MAY,
    SUBNET,
    SUBSCRIPTION,
    VPC,
    WEB_ACL,
    WORKER,
    GraphCase,
    new,
    policy,
    stack,
    with_props,
)
from tests.support.policies.samples import (
    GROUP,
    QUEUE,
    QUEUE_POLICY,
    REPOSITORY,
    ROLE,
    ROLE_POLICY,
    TOPIC,
    TOPIC_POLICY,
    tcp,
)

VISIBLE = "ApproximateNumberOfMessagesVisible"

BY_QUERY = [{"id": "m", "metric": {"metricName": VISIBLE, "dimensions": {"QueueName": UNKNOWN}}}]

CHAT = "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration"

DEAD_BY_ANOTHER = new("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "work", queueUrl=(QUEUE, "work"))

OLDEST = "ApproximateAgeOfOldestMessage"

STACK = "pulumi:pulumi:StackReference"


def watched(metric: str, **fed_by: tuple[str, str]) -> Node:
    """An alarm on a metric of the queue."""
    return new(ALARM, "work", {"metricName": metric}, dimensions=(QUEUE, "work"), **fed_by)


FLOW_LOG = "aws:ec2/flowLog:FlowLog"

LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"

CASES: list[GraphCase] = [
    *(
        GraphCase(
            rule=rule,
            stack=stack(new(QUEUE, "work", {prop: "{}"}), watched(metric)),
            fails=[
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
            waits=[],
            passes=[
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
    GraphCase(
        rule="vpc-flow-logs",
        stack=stack(new(VPC, "main"), new("aws:ec2/flowLog:FlowLog", "main", vpcId=(VPC, "main"))),
        fails=[
            {"FlowLog main": None},
            {"Vpc second": new(VPC, "second")},
            {"FlowLog main": new(FLOW_LOG, "main", subnetId=(SUBNET, "a"))},
        ],
        waits=[],
        passes=[
            {"Vpc main": None},
            {
                "Vpc main": Node(VPC, "main", {"id": "vpc-1"}),
                "FlowLog main": Node(FLOW_LOG, "main", {"vpcId": "vpc-1"}),
            },
        ],
    ),
    GraphCase(
        rule="vpc-default-sg-closed",
        stack=stack(new(VPC, "main"), new(DEFAULT_GROUP, "main", {"ingress": UNKNOWN}, vpcId=(VPC, "main"))),
        fails=[
            {"DefaultSecurityGroup main": None},
            {"DefaultSecurityGroup main": new(DEFAULT_GROUP, "main", {"egress": [tcp(0, 0)]}, vpcId=(VPC, "main"))},
            {"DefaultSecurityGroup main": new(DEFAULT_GROUP, "main", vpcId=(VPC, "main"), ingress=(GROUP, "tasks"))},
        ],
        waits=[],
        passes=[
            {
                "DefaultSecurityGroup main": new(
                    DEFAULT_GROUP, "main", {"ingress": [], "egress": []}, vpcId=(VPC, "main")
                )
            },
            {"Vpc main": None},
        ],
    ),
    GraphCase(
        rule="ecr-lifecycle-policy",
        stack=stack(
            new(REPOSITORY, "app"),
            new("aws:ecr/lifecyclePolicy:LifecyclePolicy", "app", repository=(REPOSITORY, "app")),
        ),
        fails=[
            {"LifecyclePolicy app": None},
            {"Repository web": new(REPOSITORY, "web")},
            {"LifecyclePolicy app": new(LIFECYCLE, "app", repository=(REPOSITORY, "another"))},
        ],
        waits=[],
        passes=[
            {"Repository app": None},
            {
                "Repository app": Node(REPOSITORY, "app", {"name": "shop/app"}),
                "LifecyclePolicy app": Node(LIFECYCLE, "app", {"repository": "shop/app"}),
            },
        ],
    ),
    GraphCase(
        rule="kms-policy-defined",
        stack=stack(new(KEY, "k", {"policy": SNS_MAY})),
        fails=[
            {"Key k": new(KEY, "k")},
            {"Key k": new(KEY, "k", {"policy": UNKNOWN})},
            {"Key k": new(KEY, "k"), "KeyPolicy k": new(KEY_POLICY, "k", keyId=(KEY, "another"))},
        ],
        waits=[],
        passes=[
            {"Key k": new(KEY, "k"), "KeyPolicy k": new(KEY_POLICY, "k", keyId=(KEY, "k"))},
            {"Key k": new(KEY, "k", policy=(ROLE, "r"))},
        ],
    ),
    GraphCase(
        rule="lb-waf-associated",
        stack=BEHIND | {"acl": new(WEB_ACL, "api", resourceArn=("aws:lb/loadBalancer:LoadBalancer", "api"))},
        fails=[
            {"acl": None},
            {"acl": new(WEB_ACL, "api", resourceArn=(BALANCER, "another"))},
            {"LoadBalancer web": new(BALANCER, "web", {"loadBalancerType": "application"})},
        ],
        waits=[],
        passes=[
            {"acl": None, "LoadBalancer api": new(BALANCER, "api", {"internal": True})},
            {"acl": None, "LoadBalancer api": new(BALANCER, "api", {"loadBalancerType": "network"})},
        ],
    ),
    GraphCase(
        rule="sg-rule-management-conflict",
        stack=BEHIND,
        fails=[
            {"SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(80, 80)]})},
            {"SecurityGroup tasks": new(GROUP, "tasks", egress=(GROUP, "lb"))},
            {
                "SecurityGroup lb": new(GROUP, "lb", {"egress": [tcp(80, 80)]}),
                "Egress": new(EGRESS_RULE, "out", securityGroupId=(GROUP, "lb")),
            },
        ],
        waits=[],
        passes=[
            {"SecurityGroup lb": new(GROUP, "lb", {"ingress": [tcp(80, 80)]})},
            {
                "SecurityGroupIngressRule from-lb": None,
                "SecurityGroup tasks": new(GROUP, "tasks", {"ingress": [tcp(80, 80)]}),
            },
        ],
    ),
    GraphCase(
        rule="iam-role-management-conflict",
        stack=WORKER,
        fails=[
            {"Role work": with_props(ROLE_NODE, inlinePolicies=[{"name": "a", "policy": policy()}])},
            {
                "Role work": new(ROLE, "work", inlinePolicies=(QUEUE, "work")),
                "RolePolicy work": new(ROLE_POLICY, "a", role=(ROLE, "work")),
            },
            {
                "Role work": with_props(ROLE_NODE, managedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
                "RolePolicyAttachment work": BY_ATTACHMENT,
            },
        ],
        waits=[],
        passes=[
            {
                "RolePolicy work": None,
                "Role work": with_props(ROLE_NODE, inlinePolicies=[{"name": "a", "policy": policy()}]),
            },
            {"Role work": with_props(ROLE_NODE, managedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])},
        ],
    ),
    GraphCase(
        rule="receiver-policy-management-conflict",
        stack=stack(
            new(QUEUE, "work"),
            new(QUEUE_POLICY, "work", {"policy": policy()}, queueUrl=(QUEUE, "work")),
            new(TOPIC, "t"),
            new(TOPIC_POLICY, "t", {"policy": policy()}, arn=(TOPIC, "t")),
        ),
        fails=[
            {"QueuePolicy mine": new(QUEUE_POLICY, "mine", {"policy": policy()}, queueUrl=(QUEUE, "work"))},
            {"Queue work": new(QUEUE, "work", {"policy": policy()})},
            {"TopicPolicy mine": new(TOPIC_POLICY, "mine", {"policy": policy()}, arn=(TOPIC, "t"))},
            {"Topic t": new(TOPIC, "t", {"policy": policy()})},
        ],
        waits=[],
        passes=[
            {"QueuePolicy work": None, "Queue work": new(QUEUE, "work", {"policy": policy()})},
            {
                "QueuePolicy b": new(QUEUE_POLICY, "b", {"policy": policy()}, queueUrl=(QUEUE, "b")),
                "Queue b": new(QUEUE, "b"),
            },
        ],
    ),
]
