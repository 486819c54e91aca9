"""Bucket policies.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
"""

from collections.abc import Callable

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections.sts.callers import caller


@corrects(
    FakeBucket.get_permission,
    why="moto denies to everybody what a bucket's policy denies to somebody, whatever its conditions; a signed call has been judged before.",
)
def get_permission(
    original: Callable[[FakeBucket, str, str], PermissionResult], self: FakeBucket, action: str, resource: str
) -> PermissionResult:
    return PermissionResult.NEUTRAL if caller() else original(self, action, resource)
