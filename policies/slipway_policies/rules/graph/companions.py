"""Graph rules for resources with a missing or a conflicting companion.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
"""

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import ADVISORY, HIGH, MANDATORY, MEDIUM, OFF, Finding, Outcomes, stack_rule
from slipway_policies.engine.values import texts
from slipway_policies.rules.cloudwatch.logs import METRIC_ALARM
from slipway_policies.rules.ec2.instances import CONTROLS as EC2_CONTROLS
from slipway_policies.rules.ecr.repositories import CONTROLS as ECR_CONTROLS
from slipway_policies.rules.ecr.repositories import REPOSITORY
from slipway_policies.rules.elasticloadbalancing.load_balancers import CONTROLS as LB_CONTROLS
from slipway_policies.rules.elasticloadbalancing.load_balancers import LOAD_BALANCERS
from slipway_policies.rules.graph.dead_letters import set_aside
from slipway_policies.rules.graph.fan_out import RECEIVERS
from slipway_policies.rules.graph.network_paths import VPC
from slipway_policies.rules.graph.role_grants import ATTACHMENT
from slipway_policies.rules.iam.policies import ROLE, ROLE_POLICY
from slipway_policies.rules.kms.keys import KEY, KEY_POLICY
from slipway_policies.rules.sns.topics import SUBSCRIPTION, TOPIC
from slipway_policies.rules.sqs.queues import GUIDE, QUEUE, REDRIVE_POLICY
from slipway_policies.rules.vpc.security_groups import DEFAULT_GROUP, EGRESS_RULE, GROUP, GROUP_RULE, INGRESS_RULE

RULES_OF_GROUPS = (INGRESS_RULE, EGRESS_RULE, GROUP_RULE)
READERS = (
    (SUBSCRIPTION, "topic"),
    ("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration", "snsTopicArns"),
    ("aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration", "snsTopicArns"),
)
VISIBLE, OLDEST = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
MONITORING = f"{GUIDE}/monitoring-using-cloudwatch.html"
GROUPS_LINK = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP EC2.6", "CIS 4.7"),
    link=f"{EC2_CONTROLS}#ec2-6",
    fix="add a FlowLog with the VPC's vpcId, as slipway's Network does",
)
def vpc_flow_logs(stack: Graph) -> Outcomes:
    """VPCs keep a record of connections."""
    for vpc in _without(stack, VPC, "aws:ec2/flowLog:FlowLog", "vpcId", "id"):
        yield Finding("id", "is in no FlowLog, so there is no record of connections", vpc.urn)


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP EC2.2", "CIS 6.5"),
    link=f"{EC2_CONTROLS}#ec2-2",
    fix="add a DefaultSecurityGroup with the VPC's vpcId and no rules, as slipway's Network does",
)
def vpc_default_sg_closed(stack: Graph) -> Outcomes:
    """The default security group of each VPC has no rules.

    AWS creates it with all traffic allowed between its members."""
    for vpc in _without(stack, VPC, DEFAULT_GROUP, "vpcId", "id"):
        yield Finding("id", "is in no DefaultSecurityGroup, so the default group keeps the open rules of AWS", vpc.urn)
    for group in stack.of(DEFAULT_GROUP):
        for side in ("ingress", "egress"):
            if group.sets(side):
                yield Finding(side, "has rules", group.urn)


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ECR.3",),
    link=f"{ECR_CONTROLS}#ecr-3",
    fix="add a LifecyclePolicy with the repository's name, as slipway's ContainerImage does (keep_releases)",
)
def ecr_lifecycle_policy(stack: Graph) -> Outcomes:
    """ECR repositories remove old images by a lifecycle policy.

    Every image is paid for and scanned until it is removed."""
    for repository in _without(
        stack, REPOSITORY, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository", "name", "id"
    ):
        yield Finding("name", "is in no LifecyclePolicy", repository.urn)


@stack_rule(
    level=ADVISORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    fix="set policy, or add a KeyPolicy; slipway's components write the policy of each of their keys",
)
def kms_policy_defined(stack: Graph) -> Outcomes:
    """KMS keys have a policy of their own.

    AWS's default policy lets every IAM policy of the account grant use of the key."""
    for key in _without(stack, KEY, KEY_POLICY, "keyId", "id", "keyId", "arn"):
        if not key.sets("policy"):
            yield Finding("policy", "is not set", key.urn)


@stack_rule(
    level=OFF,
    severity=MEDIUM,
    controls=("Security Hub ELB.16",),
    link=f"{LB_CONTROLS}#elb-16",
    fix="add a WebAclAssociation with the balancer's ARN (web_acl_arn of slipway's LoadBalancer, "
    "load_balancer.web_acl_arn of its FargateService)",
)
def lb_waf_associated(stack: Graph) -> Outcomes:
    """Internet-facing load balancers have a web ACL."""
    association = "aws:wafv2/webAclAssociation:WebAclAssociation"
    for balancer in (
        one for kind in LOAD_BALANCERS for one in _without(stack, kind, association, "resourceArn", "arn")
    ):
        application = balancer.resource["loadBalancerType"].raw in (None, "application")
        if application and not balancer.resource["internal"].true:
            yield Finding("arn", "is in no WebAclAssociation", balancer.urn)


@stack_rule(
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    link=MONITORING,
    fix=f"add a MetricAlarm on {VISIBLE} above 0 with the queue's QueueName, as slipway's Queue and FanOut do "
    "(alarm_topic_arn), and a TopicSubscription to its topic",
)
def dlq_depth_alarm(stack: Graph) -> Outcomes:
    """Dead-letter queues have an alarm on their depth.

    An alarm does not count when it only notifies topics of this stack without subscribers.
    """
    aside = set_aside(stack)
    dead = [queue for queue in stack.of(QUEUE) if queue.urn in aside]
    yield from _unwatched(stack, dead, (VISIBLE,), "counts its messages")


@stack_rule(
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    link=MONITORING,
    fix=f"add a MetricAlarm on {OLDEST} with the queue's QueueName, as slipway's Queue and FanOut do "
    "(alarm_topic_arn), and a TopicSubscription to its topic",
)
def sqs_depth_alarm(stack: Graph) -> Outcomes:
    """Queues have an alarm on the age of their oldest message.

    An alarm does not count when it only notifies topics of this stack without subscribers.
    """
    alone = {queue.urn for queue in _without(stack, QUEUE, REDRIVE_POLICY, "queueUrl", "url", "id")}
    worked = [queue for queue in stack.of(QUEUE) if queue.has("redrivePolicy") or queue.urn not in alone]
    yield from _unwatched(stack, worked, (OLDEST, VISIBLE), "watches the age or number of its messages")


def _unwatched(stack: Graph, queues: list[Node], metrics: tuple[str, ...], problem: str) -> Outcomes:
    """A finding for each queue without an alarm on one of the metrics, or without subscribers to the alarm."""
    for queue in queues:
        alarms = [
            alarm
            for prop in ("dimensions", "metricQueries")
            for alarm in stack.pointing_at(queue, METRIC_ALARM, prop, "name")
            if set(metrics).intersection(texts([alarm.resource["metricName"].raw, alarm.resource["metricQueries"].raw]))
        ]
        if not alarms:
            yield Finding("name", f"is in no alarm: no MetricAlarm {problem}", queue.urn)
        elif not any(_heard(stack, alarm) for alarm in alarms):
            told = f"of {alarms[0].resource.name!r} has no subscription"
            yield Finding("name", f"is in no alarm with subscribers: the topic {told}", queue.urn)


def _heard(stack: Graph, alarm: Node) -> bool:
    """Whether an alarm notifies a topic with subscribers. Topics of other stacks count as read."""
    topics = stack.behind(alarm, "alarmActions", TOPIC, "arn")
    actions = alarm.resource["alarmActions"].raw
    others = len(actions) - len(topics) if isinstance(actions, list) else 0
    return (
        not topics
        or others > 0
        or any(stack.pointing_at(topic, kind, prop, "arn", "id") for topic in topics for kind, prop in READERS)
    )


def _without(stack: Graph, kind: str, companion: str, prop: str, *outputs: str) -> list[Node]:
    """The resources of `kind` without a `companion` naming them in `prop`."""
    return [node for node in stack.of(kind) if not stack.pointing_at(node, companion, prop, *outputs)]


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=GROUPS_LINK,
    fix="keep either ingress and egress of the group or the rule resources, as slipway's components do",
)
def sg_rule_management_conflict(stack: Graph) -> Outcomes:
    """A security group's rules are written in one place; otherwise each update removes the other's rules."""
    for group in stack.of(GROUP):
        beside = [node for kind in RULES_OF_GROUPS for node in stack.pointing_at(group, kind, "securityGroupId", "id")]
        for side in ("ingress", "egress"):
            if beside and group.sets(side):
                yield Finding(side, f"is set, and {beside[0].resource.name!r} is a rule of the same group", group.urn)


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    fix=(
        "keep either inlinePolicies and managedPolicyArns of the role or the separate resources, as slipway's "
        "services do"
    ),
)
def iam_role_management_conflict(stack: Graph) -> Outcomes:
    """A role's policies are written in one place; otherwise each update removes the other's policies."""
    for role in stack.of(ROLE):
        for prop, kind in (("inlinePolicies", ROLE_POLICY), ("managedPolicyArns", ATTACHMENT)):
            beside = stack.pointing_at(role, kind, "role", "name", "id", "arn")
            if beside and role.sets(prop):
                yield Finding(prop, f"is set, and {beside[0].resource.name!r} is another of the same role", role.urn)


@stack_rule(
    level=MANDATORY,
    severity=HIGH,
    link=f"{GUIDE}/sqs-creating-custom-policies.html",
    fix="keep one QueuePolicy or TopicPolicy with all statements; slipway's Queue, Topic and FanOut have one already, "
    "so name senders, topic_arns and publishers there",
)
def receiver_policy_management_conflict(stack: Graph) -> Outcomes:
    """A queue's or topic's policy is written in one place; each of two takes the other's place at its update."""
    for kind, (what, _, policies) in RECEIVERS.items():
        for receiver in stack.of(kind):
            beside = stack.pointing_at(receiver, *policies)
            if beside and receiver.sets("policy"):
                yield Finding(
                    "policy",
                    f"is set, and {beside[0].resource.name!r} is another policy of the same {what}",
                    receiver.urn,
                )
            for second in beside[1:]:
                names = f"of {what} {receiver.resource.name!r}, which {beside[0].resource.name!r} sets too"
                yield Finding("policy", f"is the policy {names}", second.urn)
