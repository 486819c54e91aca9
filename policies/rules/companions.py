"""Graph rules for resources that need another beside them, or that must not have it, or that nothing uses.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
"""

from policies.graph import Graph, Node
from policies.registry import ADVISORY, LOW, MANDATORY, MEDIUM, OFF, Finding, Outcomes, rule
from policies.rules.ec2 import CONTROLS as EC2_CONTROLS
from policies.rules.ecr import CONTROLS as ECR_CONTROLS
from policies.rules.ecr import REPOSITORY
from policies.rules.iam import ROLE, ROLE_POLICY
from policies.rules.kms import KEY, KEY_POLICY
from policies.rules.lb import CONTROLS as LB_CONTROLS
from policies.rules.lb import LOAD_BALANCERS
from policies.rules.logs import METRIC_ALARM
from policies.rules.network_paths import VPC
from policies.rules.security_group import DEFAULT_GROUP, EGRESS_RULE, GROUP, GROUP_RULE, INGRESS_RULE
from policies.rules.sqs import GUIDE, QUEUE, REDRIVE_POLICY
from policies.rules.task_roles import ATTACHMENT

RULES_OF_GROUPS = (INGRESS_RULE, EGRESS_RULE, GROUP_RULE)
GROUPS_LINK = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"


@rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP EC2.6", "CIS 4.7"),
    link=f"{EC2_CONTROLS}#ec2-6",
    fix="add a FlowLog with the VPC's vpcId, as slipway's Network does",
)
def vpc_flow_logs(stack: Graph) -> Outcomes:
    """VPCs keep a record of connections."""
    for vpc in stack.of(VPC):
        if not stack.pointing_at(vpc, "aws:ec2/flowLog:FlowLog", "vpcId", "id"):
            yield Finding("id", "is in no FlowLog, so nobody can tell who connected to what", vpc.urn)


@rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP EC2.2", "CIS 6.5"),
    link=f"{EC2_CONTROLS}#ec2-2",
    fix="add a DefaultSecurityGroup with the VPC's vpcId and no rules, as slipway's Network does",
)
def vpc_default_sg_closed(stack: Graph) -> Outcomes:
    """The default security group of each VPC, which AWS makes open within itself, lets nothing in or out."""
    for vpc in stack.of(VPC):
        groups = stack.pointing_at(vpc, DEFAULT_GROUP, "vpcId", "id")
        if not groups:
            yield Finding("id", "is in no DefaultSecurityGroup, so the default group is as AWS made it", vpc.urn)
        for group in groups:
            for side in ("ingress", "egress"):
                if group.sets(side):
                    yield Finding(side, "has rules", group.urn)


@rule(
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ECR.3",),
    link=f"{ECR_CONTROLS}#ecr-3",
    fix="add a LifecyclePolicy with the repository's name, as slipway's ContainerImage does (keep_releases)",
)
def ecr_lifecycle_policy(stack: Graph) -> Outcomes:
    """ECR repositories remove old images, each of which is paid for and scanned for ever."""
    for repository in stack.of(REPOSITORY):
        if not stack.pointing_at(repository, "aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository", "name", "id"):
            yield Finding("name", "is in no LifecyclePolicy", repository.urn)


@rule(
    level=ADVISORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    fix="set policy, or add a KeyPolicy; slipway's components write the policy of each key that they make",
)
def kms_policy_defined(stack: Graph) -> Outcomes:
    """KMS keys say who may use them; the policy that AWS writes leaves it to every IAM policy of the account."""
    for key in stack.of(KEY):
        if not key.sets("policy") and not stack.pointing_at(key, KEY_POLICY, "keyId", "id", "keyId", "arn"):
            yield Finding("policy", "is not set", key.urn)


@rule(
    level=OFF,
    severity=MEDIUM,
    controls=("FSBP ELB.16",),
    link=f"{LB_CONTROLS}#elb-16",
    fix="add a WebAclAssociation with the balancer's ARN; slipway's FargateService has none",
)
def lb_waf_associated(stack: Graph) -> Outcomes:
    """Load balancers that the internet reaches have a web ACL."""
    for balancer in stack.of(*LOAD_BALANCERS):
        application = balancer.resource["loadBalancerType"].raw in (None, "application")
        if application and not balancer.resource["internal"].true:
            found = stack.pointing_at(balancer, "aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn", "arn")
            if not found:
                yield Finding("arn", "is in no WebAclAssociation", balancer.urn)


@rule(
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    link=f"{GUIDE}/monitoring-using-cloudwatch.html",
    fix="add a MetricAlarm on ApproximateNumberOfMessagesVisible above 0 with the queue's QueueName, as slipway's Queue does",
)
def dlq_depth_alarm(stack: Graph) -> Outcomes:
    """Somebody hears of each message that was set aside."""
    for queue in stack.of(QUEUE):
        if queue.sets("redriveAllowPolicy") or stack.pointing_at(
            queue, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "queueUrl", "url", "id"
        ):
            yield from _watched(stack, queue, "no MetricAlarm counts the messages that were set aside here")


@rule(
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    link=f"{GUIDE}/monitoring-using-cloudwatch.html",
    fix="add a MetricAlarm on ApproximateAgeOfOldestMessage with the queue's QueueName, as slipway's Queue does",
)
def sqs_depth_alarm(stack: Graph) -> Outcomes:
    """Somebody hears of a queue that is not worked off."""
    for queue in stack.of(QUEUE):
        if queue.sets("redrivePolicy") or stack.pointing_at(queue, REDRIVE_POLICY, "queueUrl", "url", "id"):
            yield from _watched(stack, queue, "no MetricAlarm watches the age or number of messages")


def _watched(stack: Graph, queue: Node, problem: str) -> Outcomes:
    alarms = [stack.pointing_at(queue, METRIC_ALARM, prop, "name") for prop in ("dimensions", "metricQueries")]
    if not any(alarms):
        yield Finding("name", f"is in no alarm: {problem}", queue.urn)


@rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=GROUPS_LINK,
    fix="keep either ingress and egress of the group or the rule resources, as slipway's components do",
)
def sg_rule_management_conflict(stack: Graph) -> Outcomes:
    """A security group's rules are written in one place; otherwise each update removes the other's rules."""
    for group in stack.of(GROUP):
        beside = [one for kind in RULES_OF_GROUPS for one in stack.pointing_at(group, kind, "securityGroupId", "id")]
        for side in ("ingress", "egress"):
            if beside and group.sets(side):
                yield Finding(side, f"is set, and {beside[0].resource.name!r} is a rule of the same group", group.urn)


@rule(
    level=MANDATORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    fix="keep either inlinePolicies and managedPolicyArns of the role or the separate resources, as slipway's services do",
)
def iam_role_management_conflict(stack: Graph) -> Outcomes:
    """A role's policies are written in one place; otherwise each update removes the other's policies."""
    for role in stack.of(ROLE):
        for prop, kind in (("inlinePolicies", ROLE_POLICY), ("managedPolicyArns", ATTACHMENT)):
            beside = stack.pointing_at(role, kind, "role", "name", "id", "arn")
            if beside and role.sets(prop):
                yield Finding(prop, f"is set, and {beside[0].resource.name!r} is another of the same role", role.urn)


@rule(
    level=ADVISORY,
    severity=LOW,
    link=GROUPS_LINK,
    fix="remove the group, or name it where it belongs",
)
def sg_attached(stack: Graph) -> Outcomes:
    """Security groups are used: some resource, of whatever type, names them.

    Rules of security groups do not count. Other tools go by a list of types, and report what it lacks.
    """
    for group in stack.of(GROUP):
        if all(user.resource.type in RULES_OF_GROUPS for user in stack.users(group)):
            yield Finding("id", "is named by nothing but its rules", group.urn)


@rule(
    level=ADVISORY,
    severity=LOW,
    controls=("FSBP EC2.12",),
    link=f"{EC2_CONTROLS}#ec2-12",
    fix="remove the address, which costs money while it is not used, or attach it",
)
def eip_attached(stack: Graph) -> Outcomes:
    """Elastic IPs are attached to something."""
    for address in stack.of("aws:ec2/eip:Eip"):
        attached = address.sets("instance") or address.sets("networkInterface")
        allocation = address.output("allocationId")
        named = any(allocation in one.resource.props.values() for one in stack.nodes.values() if one.urn != address.urn)
        if not attached and not stack.users(address) and not (allocation and named):
            yield Finding("id", "is attached to nothing", address.urn)


@rule(
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-determining-usage.html",
    fix="remove the key, which costs money each month, or name it where something is encrypted",
)
def unused_kms_key(stack: Graph) -> Outcomes:
    """KMS keys are used: something names them, other than an alias or a policy."""
    for key in stack.of(KEY):
        users = [user for user in stack.users(key) if user.resource.type != KEY_POLICY]
        aliases = [user for user in users if user.resource.type == "aws:kms/alias:Alias"]
        if len(users) == len(aliases) and not any(stack.users(alias) for alias in aliases):
            text = key.output("keyId")
            if text and any(text in one.resource.props.values() for one in stack.nodes.values() if one.urn != key.urn):
                continue
            yield Finding("id", "is named by nothing", key.urn)
