"""Roles as IAM has them now. A role that is made anew under its name is another role: sessions of the first one end with it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from moto.iam.models import Role

from slipway_sandbox.authorization import cloud


def role_of(arn: str) -> Role | None:
    """A role in moto; None where it has none."""
    role: Role | None = cloud.role_of(arn)
    return role


def role_id_of(arn: str) -> str:
    """The unique id of a role, such as AROAIOSFODNN7EXAMPLE; empty where there is no such role."""
    role = role_of(arn)
    return str(role.id) if role else ""
