"""Roles as IAM has them now. A role that is made anew under its name is another role: sessions of the first one end with it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role, iam_backends

PARTITION = "aws"


def role_of(arn: str) -> Role | None:
    """A role in moto; None where it has none."""
    try:
        return iam_backends[arn.split(":")[4]][PARTITION].get_role_by_arn(arn)
    except (NotFoundException, IndexError):
        return None


def role_id_of(arn: str) -> str:
    """The unique id of a role, such as AROAIOSFODNN7EXAMPLE; empty where there is no such role."""
    role = role_of(arn)
    return str(role.id) if role else ""
