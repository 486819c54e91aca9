"""Sessions of roles as principals."""

from collections.abc import Mapping

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.model import PolicyDocument, Principal


def session(
    role_arn: str,
    name: str,
    tags: Mapping[str, str] | None = None,
    policies: tuple[PolicyDocument, ...] = (),
    *,
    is_limited: bool = False,
) -> Principal:
    """The session of a role under a name. `tags` and `policies` are the session's own; `is_limited` tells whether it was given policies."""
    account, role_name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    named = cloud.named_in_iam("role", role_name, account)
    role = named if named is not None and named.arn == role_arn else None
    own = {tag["Key"]: tag["Value"] for tag in (role.tags if role else None) or []}
    return Principal(
        arn=f"arn:aws:sts::{account}:assumed-role/{role_name}/{name}",
        account_id=account,
        kind="role",
        role_arn=role_arn,
        user_id=f"{role.id if role else 'AROADELETED'}:{name}",
        tags={**own, **(tags or {})},
        session_policies=policies,
        is_session_limited=is_limited,
    )
