"""Access entries: who comes into a cluster, and with which policy.

Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html
"""

import re
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws
from pulumi_aws import eks

from slipway.common import Context

from ._access_plan import AccessPlan

SESSION = re.compile(r"arn:[^:]+:sts::([0-9]{12}):assumed-role/([^/]+)/.+")
ROLE_PARTS = re.compile(r"arn:[^:]+:iam::([0-9]{12}):role/(?:.*/)?([^/]+)")
ADMIN_POLICY, VIEW_POLICY = "AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy"


def access_entries(
    context: Context, cluster: eks.Cluster, plan: AccessPlan
) -> Mapping[str, eks.AccessPolicyAssociation]:
    """An entry and its policy for each role; the policies by name. Names are those of roles, of administrators or viewers."""
    partition = aws.get_partition_output(opts=context.lookup).partition
    policies: dict[str, eks.AccessPolicyAssociation] = {}
    for roles, policy in ((plan.admins, ADMIN_POLICY), (plan.viewers, VIEW_POLICY)):
        for key, arn in roles.items():
            name = f"{context.name}-{key}"
            entry = eks.AccessEntry(
                name,
                cluster_name=cluster.name,
                principal_arn=arn,
                tags=context.tagged(name),
                opts=context.child,
            )
            policies[key] = eks.AccessPolicyAssociation(
                name,
                cluster_name=cluster.name,
                principal_arn=entry.principal_arn,
                policy_arn=pulumi.Output.concat("arn:", partition, ":eks::aws:cluster-access-policy/", policy),
                access_scope={"type": "cluster"},
                opts=context.child,
            )
    return policies


def tell_outsider(context: Context, plan: AccessPlan) -> None:
    """Warn whoever runs the program and is none of the roles, since no entry comes from running it."""
    caller = aws.get_caller_identity_output(opts=context.lookup).arn
    deployer = plan.admins[plan.deployer]

    def tell(arns: list[str]) -> None:
        own, deployer_arn, *roles = arns
        if not any(is_session_of(own, role) for role in roles):
            pulumi.log.warn(
                f"{context.who}: {own} runs this program and is none of admins and viewers, so kubectl lets it in only "
                f"where it may assume {deployer_arn}; allow it sts:AssumeRole there, or add its role to admins",
                resource=context.child.parent,
            )

    pulumi.Output.all(caller, deployer, *plan.admins.values(), *plan.viewers.values()).apply(tell)


def is_session_of(caller: str, role: str) -> bool:
    """Whether a caller is a role's session, or the role itself. The ARN of a session leaves out the role's path.

    >>> is_session_of("arn:aws:sts::123456789012:assumed-role/ci/run-7", "arn:aws:iam::123456789012:role/teams/ci")
    True
    """
    session, named = SESSION.fullmatch(caller), ROLE_PARTS.fullmatch(role)
    return caller == role or (session is not None and named is not None and session.groups() == named.groups())
