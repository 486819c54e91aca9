"""Graph rules for unused resources.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html
"""

from slipway_policies.engine.graph import Graph
from slipway_policies.engine.registry import ADVISORY, HIGH, LOW, Finding, Outcomes, stack_rule
from slipway_policies.rules.cloudwatch.logs import CONTROLS as CLOUDWATCH_CONTROLS
from slipway_policies.rules.cloudwatch.logs import METRIC_ALARM
from slipway_policies.rules.ec2.instances import CONTROLS
from slipway_policies.rules.elasticloadbalancing.load_balancers import TARGET_GROUPS
from slipway_policies.rules.graph.companions import GROUPS_LINK, RULES_OF_GROUPS
from slipway_policies.rules.iam.policies import POLICY
from slipway_policies.rules.kms.keys import KEY, KEY_POLICY
from slipway_policies.rules.vpc.boundaries import ACL
from slipway_policies.rules.vpc.security_groups import GROUP

ALIAS = "aws:kms/alias:Alias"
SERVICE = "aws:ecs/service:Service"


@stack_rule(level=ADVISORY, severity=LOW, link=GROUPS_LINK, fix="remove the group, or use it in a resource")
def sg_attached(stack: Graph) -> Outcomes:
    """Security groups are used by a resource of any type.

    Rules of security groups do not count as use.
    """
    for group in stack.of(GROUP):
        if all(user.resource.type in RULES_OF_GROUPS for user in stack.users(group)):
            yield Finding("id", "is used by nothing except its own rules", group.urn)


@stack_rule(
    level=ADVISORY,
    severity=LOW,
    controls=("Security Hub EC2.12",),
    link=f"{CONTROLS}#ec2-12",
    fix="remove the address, or attach it; an unused address costs money",
)
def eip_attached(stack: Graph) -> Outcomes:
    """Elastic IPs are attached to something."""
    for address in stack.of("aws:ec2/eip:Eip"):
        attached = address.has("instance") or address.has("networkInterface")
        if not attached and not stack.users(address, "allocationId"):
            yield Finding("id", "is attached to nothing", address.urn)


@stack_rule(
    level=ADVISORY,
    severity=LOW,
    controls=("FSBP EC2.16",),
    link=f"{CONTROLS}#ec2-16",
    fix="remove the network ACL, or name its subnets in subnetIds or in a NetworkAclAssociation",
)
def nacl_attached(stack: Graph) -> Outcomes:
    """Network ACLs stand before a subnet."""
    for acl in stack.of(ACL):
        association = stack.pointing_at(
            acl, "aws:ec2/networkAclAssociation:NetworkAclAssociation", "networkAclId", "id"
        )
        if not association and not acl.has("subnetIds"):
            yield Finding("subnetIds", "names no subnet", acl.urn)


@stack_rule(
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-determining-usage.html",
    fix="remove the key, or use it for encryption; every key costs money each month",
)
def unused_kms_key(stack: Graph) -> Outcomes:
    """KMS keys are used by a resource.

    Policies and unused aliases do not count as use."""
    for key in stack.of(KEY):
        users = [user for user in stack.users(key, "keyId") if user.resource.type != KEY_POLICY]
        if not any(user.resource.type != ALIAS or stack.users(user, "name") for user in users):
            yield Finding("id", "is used by nothing", key.urn)


@stack_rule(
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
    fix="remove the target group, or name it in a listener or listener rule, as slipway's FargateService does",
)
def orphan_target_group(stack: Graph) -> Outcomes:
    """Target groups are used by a listener or another resource, not only by services."""
    for group in stack.of(*TARGET_GROUPS):
        if all(user.resource.type == SERVICE for user in stack.users(group)):
            yield Finding("arn", "is used by no listener", group.urn)


@stack_rule(
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    fix="remove the policy, or attach it; slipway's services write inline policies, removed with their role",
)
def orphan_iam_policy(stack: Graph) -> Outcomes:
    """Managed policies are attached to something."""
    for policy in stack.of(POLICY):
        if not stack.users(policy):
            yield Finding("arn", "is attached to nothing", policy.urn)


@stack_rule(
    level=ADVISORY,
    severity=HIGH,
    controls=("Security Hub CloudWatch.15", "NIST AU-6", "NIST SI-4"),
    link=f"{CLOUDWATCH_CONTROLS}#cloudwatch-15",
    fix="set alarmActions to the ARN of a topic with subscribers, as the alarms of slipway's queues do",
)
def alarm_has_action(stack: Graph) -> Outcomes:
    """Alarms tell somebody, or roll back the deployments of a service."""
    for alarm in stack.of(METRIC_ALARM):
        actions = alarm.resource["alarmActions"]
        if not list(actions.elements()) and not stack.pointing_at(alarm, SERVICE, "alarms", "name", "id"):
            yield Finding("alarmActions", "is empty, so nobody is notified", alarm.urn)
