"""Tags of resources, for conditions on aws:ResourceTag."""

from collections.abc import Callable, Mapping

from slipway_sandbox.authorization import cloud

FAMILIES = (
    "aws:resourcetag/",
    "ec2:resourcetag/",
    "ecs:resourcetag/",
    "iam:resourcetag/",
    "secretsmanager:resourcetag/",
)
Tags = Mapping[str, str]


def tags_of(arn: str, account_id: str) -> Tags | None:
    """The tags of a resource. None where the sandbox does not read the tags of its service, or has no such resource."""
    parts = arn.split(":", 5)
    find = FINDERS.get(parts[2]) if len(parts) == 6 else None
    return find(parts[5], parts[4] or account_id, parts[3]) if find else None


def _queue(name: str, account_id: str, region: str) -> Tags | None:
    queue = cloud.queue(name, account_id, region)
    return dict(queue.tags) if queue else None


def _topic(name: str, account_id: str, region: str) -> Tags | None:
    topic = cloud.topic(f"arn:aws:sns:{region}:{account_id}:{name}")
    return dict(topic._tags) if topic else None  # noqa: SLF001  moto's reader copies all topics


def _secret(rest: str, account_id: str, region: str) -> Tags | None:
    secret = cloud.secret(f"arn:aws:secretsmanager:{region}:{account_id}:{rest}", account_id, region)
    return _pairs(secret.tags) if secret else None


def _key(rest: str, account_id: str, region: str) -> Tags | None:
    key = cloud.kms_key(rest.removeprefix("key/"), account_id, region)
    return dict(cloud.backend("kms", account_id, region).tagger.get_tag_dict_for_resource(key.id)) if key else None


def _identity(rest: str, account_id: str, _region: str) -> Tags | None:
    kind, _, path = rest.partition("/")
    if kind not in ("role", "user"):
        return None
    entity = cloud.named_in_iam(kind, path.rpartition("/")[2], account_id)
    return _pairs(entity.tags) if entity is not None else None


def _bucket(rest: str, _account_id: str, _region: str) -> Tags | None:
    bucket = cloud.bucket(rest) if "/" not in rest else None
    if bucket is None:
        return None
    return dict(cloud.backend("s3", bucket.account_id, cloud.PARTITION).tagger.get_tag_dict_for_resource(bucket.arn))


def _instance(rest: str, account_id: str, region: str) -> Tags | None:
    tags = cloud.backend("ec2", account_id, region).tags.get(rest.rpartition("/")[2])
    return dict(tags) if tags is not None else None


def _pairs(tags: list[dict[str, str]] | None) -> Tags:
    return {tag["Key"]: tag["Value"] for tag in tags or []}


FINDERS: Mapping[str, Callable[[str, str, str], Tags | None]] = {
    "ec2": _instance,
    "iam": _identity,
    "kms": _key,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
"""Services whose tags are read."""
