"""Role of an instance for Session Manager, with the fewest actions in AWS's guide.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
"""

import json
from collections.abc import Sequence

import pulumi
from pulumi_aws import iam

from slipway.common import Context, Statement, allow, document, trust

# Fewer than AWS's managed policy, which can also read every plain parameter of the account.
SESSION_ACTIONS = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


def session_profile(context: Context, kind: str, statements: Sequence[Statement] = ()) -> iam.InstanceProfile:
    """Instance profile whose role allows Session Manager and the given statements, nothing else.

    `kind` is the role's description of the instance, such as host.
    """
    name = context.name
    role = iam.Role(
        name,
        description=f"Session Manager on {kind} {name}",
        # Without a condition on the account: EC2 sends none.
        assume_role_policy=json.dumps(document([trust("ec2.amazonaws.com")])),
        tags=context.tagged(name),
        opts=context.child,
    )
    # Session Manager's actions take no resource.
    policy = pulumi.Output.json_dumps(document([allow(SESSION_ACTIONS, "*"), *statements]))
    grant = iam.RolePolicy(name, role=role.name, policy=policy, opts=context.child)
    # An instance waits for its profile, and so for the rights of its role.
    return iam.InstanceProfile(name, role=role.name, tags=context.tagged(name), opts=context.after([grant]).child)
