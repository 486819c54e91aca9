"""What ECS needs to move requests from the tasks of one deployment to those of the next: a second target group, a rule
whose weights it changes, and a role to do so.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html
"""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi_aws import ecs, iam, lb

from slipway.common import Tags, document, named, trust

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
POLICY = "iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
ECS = "ecs.amazonaws.com"
ALTERNATE = "-alt"  # target group's suffix, short since AWS allows its name 32 characters
ALL, NONE = 100, 0  # of the requests, in percent


@dataclass(frozen=True)
class Shift:
    """The second target group of a service, and what moves requests to it and back."""

    alternate: lb.TargetGroup
    rule: lb.ListenerRule
    test_rule: lb.ListenerRule | None
    role: iam.Role
    grant: iam.RolePolicyAttachment

    @property
    def awaited(self) -> list[pulumi.Resource]:
        """What has to be there before the service is."""
        return [self.rule, self.grant, *([self.test_rule] if self.test_rule else [])]

    def advanced(self) -> ecs.ServiceLoadBalancerAdvancedConfigurationArgsDict:
        """The part of it that ECS is told with the service."""
        told: ecs.ServiceLoadBalancerAdvancedConfigurationArgsDict = {
            "alternate_target_group_arn": self.alternate.arn,
            "production_listener_rule": self.rule.arn,
            "role_arn": self.role.arn,
        }
        if self.test_rule is not None:
            told["test_listener_rule"] = self.test_rule.arn
        return told


def shift(
    name: str,
    targets: lb.TargetGroup,
    alternate: lb.TargetGroup,
    listener: lb.Listener,
    test_listener: lb.Listener | None,
    permissions_boundary_arn: pulumi.Input[str] | None,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> Shift:
    """Rules that take every request of the listeners, and a role that may weigh them."""
    role = iam.Role(
        f"{name}-shift",
        description=f"Moves the requests of {name} from one deployment to the next",
        # ECS does not say for which account it assumes this one: a condition would lock it out.
        assume_role_policy=json.dumps(document([trust(ECS)])),
        permissions_boundary=permissions_boundary_arn,
        tags=named(f"{name}-shift", tags),
        opts=child,
    )
    partition = aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=child.parent)).partition
    grant = iam.RolePolicyAttachment(
        f"{name}-shift",
        role=role.name,
        policy_arn=pulumi.Output.concat("arn:", partition, ":", POLICY),
        opts=child,
    )
    return Shift(
        alternate=alternate,
        rule=_rule(f"{name}-production", listener, targets, alternate, tags, child),
        test_rule=_rule(f"{name}-test", test_listener, alternate, targets, tags, child) if test_listener else None,
        role=role,
        grant=grant,
    )


def _rule(
    name: str,
    listener: lb.Listener,
    first: lb.TargetGroup,
    second: lb.TargetGroup,
    tags: Tags | None,
    child: pulumi.ResourceOptions,
) -> lb.ListenerRule:
    return lb.ListenerRule(
        name,
        listener_arn=listener.arn,
        priority=1,
        conditions=[{"path_pattern": {"values": ["/*"]}}],
        actions=[
            {
                "type": "forward",
                "forward": {
                    "target_groups": [{"arn": first.arn, "weight": ALL}, {"arn": second.arn, "weight": NONE}],
                },
            }
        ],
        tags=named(name, tags),
        # From the first deployment on the weights are ECS's.
        opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(ignore_changes=["actions"])),
    )
