"""STS."""

from collections.abc import Callable

from moto.sts.models import STSBackend

from slipway_sandbox.corrections._decorator import corrects

Identity = tuple[str, str, str]
"""User id, ARN and account."""


@corrects(
    STSBackend.get_caller_identity,
    why="moto's caller without credentials of its own is a user of STS, which no policy and no access entry can name; AWS's users are IAM's.",
)
def get_caller_identity(
    original: Callable[..., Identity], self: STSBackend, *rest: object, **named: object
) -> Identity:
    user_id, arn, account = original(self, *rest, **named)
    return user_id, arn.replace(":sts::", ":iam::") if ":user/" in arn else arn, account
