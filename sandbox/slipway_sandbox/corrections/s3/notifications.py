"""Notifications of buckets to queues and topics.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

import copy
import logging
from collections.abc import Callable

from moto.s3 import notifications
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, FakeKey

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.corrections.policies import receivers
from slipway_sandbox.documents import Document

logger = logging.getLogger(__name__)
UNABLE = "Unable to validate the following destination configurations"


class _Heard:
    """A bucket, with the notifications that S3 may deliver."""

    def __init__(self, bucket: FakeBucket) -> None:
        self._bucket = bucket
        self.notification_configuration = copy.copy(bucket.notification_configuration)
        for kind in ("queue", "topic"):
            listed = getattr(bucket.notification_configuration, kind)
            setattr(self.notification_configuration, kind, [each for each in listed if _may_notify(bucket, each.arn)])

    def __getattr__(self, name: str) -> object:
        return getattr(self._bucket, name)


@corrects(
    FakeBucket.set_notification_configuration,
    why="moto keeps a configuration that it refuses; S3 keeps the one before.",
)
def set_notification_configuration(
    original: Callable[[FakeBucket, Document | None], None], self: FakeBucket, notification_config: Document | None
) -> None:
    before = self.notification_configuration
    try:
        original(self, notification_config)
    except S3ClientError:
        self.notification_configuration = before
        raise


@corrects(
    notifications.send_test_event,
    why="moto takes a queue or topic whose policy or key does not let S3 in; S3 sends a test message first and refuses it.",
)
def send_test_event(original: Callable[[str, FakeBucket], None], account_id: str, bucket: FakeBucket) -> None:
    configuration = bucket.notification_configuration
    for receiver in [*configuration.queue, *configuration.topic] if configuration else []:
        reason = refusal(bucket, receiver.arn)
        if reason:
            raise S3ClientError("InvalidArgument", f"{UNABLE}: {receiver.arn}, {reason.partition(', ')[2]}")
    original(account_id, bucket)


@corrects(
    notifications.send_event,
    why="moto notifies a queue or topic whatever its policy has become; S3 asks the policy and the key each time.",
)
def send_event(
    original: Callable[[str, str, object, FakeKey], None],
    account_id: str,
    event_name: str,
    bucket: FakeBucket,
    key: FakeKey,
) -> None:
    if bucket.notification_configuration is not None:
        original(account_id, event_name, _Heard(bucket), key)


def refusal(bucket: FakeBucket, receiver_arn: str) -> str | None:
    """Why S3 may not notify for a bucket; None when it may."""
    source = receivers.told(bucket.arn, bucket.account_id)
    return receivers.refusal(receivers.Sender("S3", ("s3.amazonaws.com",), "S3 from this bucket", source), receiver_arn)


def _may_notify(bucket: FakeBucket, receiver_arn: str) -> bool:
    reason = refusal(bucket, receiver_arn)
    if reason:
        logger.warning("notification of %s not delivered to %s: %s", bucket.name, receiver_arn, reason)
    return reason is None
