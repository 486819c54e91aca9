"""Traffic shift between two deployments: a second target group, rules with weights, and a role for ECS to change them.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ecs, iam, lb

from slipway.common import Context, document, trust

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
POLICY = "iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
ECS = "ecs.amazonaws.com"
ALTERNATE = "alt"  # role in the second target group's name, short since AWS allows 32 characters
ALL, NONE = 100, 0  # percent of the requests


@dataclass(frozen=True)
class TargetGroups:
    """The two target groups of a service."""

    production: lb.TargetGroup
    alternate: lb.TargetGroup


@dataclass(frozen=True)
class Shift:
    """The resources of a traffic shift."""

    alternate: lb.TargetGroup
    rule: lb.ListenerRule
    test_rule: lb.ListenerRule | None
    role: iam.Role
    grant: iam.RolePolicyAttachment

    @property
    def awaited(self) -> Sequence[pulumi.Resource]:
        """Resources that the service waits for."""
        return [self.rule, self.grant, *([self.test_rule] if self.test_rule else [])]

    def configuration(self) -> ecs.ServiceLoadBalancerAdvancedConfigurationArgsDict:
        """The traffic shift in an ECS service."""
        configuration: ecs.ServiceLoadBalancerAdvancedConfigurationArgsDict = {
            "alternate_target_group_arn": self.alternate.arn,
            "production_listener_rule": self.rule.arn,
            "role_arn": self.role.arn,
        }
        if self.test_rule is not None:
            configuration["test_listener_rule"] = self.test_rule.arn
        return configuration


def shift(
    context: Context,
    groups: TargetGroups,
    listener: lb.Listener,
    test_listener: lb.Listener | None,
    permissions_boundary_arn: pulumi.Input[str] | None,
) -> Shift:
    """Make rules for every request of the listeners, and a role for ECS to change their weights."""
    name = f"{context.name}-shift"
    role = iam.Role(
        name,
        description=f"Moves the requests of {context.name} from one deployment to the next",
        # ECS sends no account with its request for this role: a condition on it would lock ECS out.
        assume_role_policy=json.dumps(document([trust(ECS)])),
        permissions_boundary=permissions_boundary_arn,
        tags=context.tagged(name),
        opts=context.child,
    )
    partition = context.partition
    policy_arn = pulumi.Output.concat("arn:", partition, ":", POLICY)
    grant = iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy_arn, opts=context.child)
    production, alternate = groups.production, groups.alternate
    test_rule = None
    if test_listener is not None:
        test_rule = weighted_rule(context.part("test"), test_listener, alternate, production)
    return Shift(
        alternate=alternate,
        rule=weighted_rule(context.part("production"), listener, production, alternate),
        test_rule=test_rule,
        role=role,
        grant=grant,
    )


def weighted_rule(
    context: Context, listener: lb.Listener, first: lb.TargetGroup, second: lb.TargetGroup
) -> lb.ListenerRule:
    """A rule that sends every request to the first group, until ECS changes the weights."""
    weights: list[lb.ListenerRuleActionForwardTargetGroupArgsDict] = [
        {"arn": first.arn, "weight": ALL},
        {"arn": second.arn, "weight": NONE},
    ]
    ignored = pulumi.ResourceOptions(ignore_changes=["actions"])  # the weights are ECS's after the first deployment
    return lb.ListenerRule(
        context.name,
        listener_arn=listener.arn,
        priority=1,
        conditions=[{"path_pattern": {"values": ["/*"]}}],
        actions=[{"type": "forward", "forward": {"target_groups": weights}}],
        tags=context.tagged(context.name),
        opts=pulumi.ResourceOptions.merge(context.child, ignored),
    )
