"""ECR repository of an image: a new one, or an existing one by URL.

The lifecycle policy of a new one expires releases by count and never by age. By age, ECR would expire the image of a
service that has not been deployed for long. By last pull, it would expire the image of a service whose tasks run on.
ECR applies a rule only to images that no rule of higher priority selected. The first two rules never have enough images to
expire one, so the third rule cannot expire what they select.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ecr

from slipway.common import PULL_ACTIONS, Context, Statement, answered, document, ecr_host, text_output

from ._build_plan import RELEASE_PREFIX

KEPT_PREFIX = "keep-"
MOST_IMAGES = 9999  # more than any repository has with the prefix
UNTAGGED_DAYS = 14


@dataclass(frozen=True)
class RepositorySpec:
    """Checked choices for a new repository."""

    kms_key_arn: pulumi.Input[str] | None
    pull_account_ids: Sequence[str]
    keep_releases: int
    force_delete: bool


@dataclass(frozen=True)
class Repository:
    """A repository to push to. Registry and region are None for the provider's own."""

    name: pulumi.Output[str]
    url: pulumi.Output[str]
    arn: pulumi.Output[str]
    registry_id: pulumi.Output[str | None]
    region: pulumi.Output[str | None]


def new_repository(context: Context, spec: RepositorySpec, tag: str) -> Repository:
    """A new repository; its policy keeps the tag's image and the latest releases."""
    encryption: ecr.RepositoryEncryptionConfigurationArgsDict = {"encryption_type": "KMS"}
    if spec.kms_key_arn is not None:
        encryption["kms_key"] = spec.kms_key_arn
    repository = ecr.Repository(
        context.name,
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        encryption_configurations=[encryption],
        force_delete=spec.force_delete,
        tags=context.tagged(context.name),
        opts=context.child,
    )
    policy = lifecycle_policy(tag, spec.keep_releases)
    ecr.LifecyclePolicy(context.name, repository=repository.name, policy=policy, opts=context.child)
    if spec.pull_account_ids:
        pull = context.partition.apply(lambda name: pull_policy(name, spec.pull_account_ids))
        ecr.RepositoryPolicy(context.name, repository=repository.name, policy=pull, opts=context.child)
    provider_own = pulumi.Output.from_input(None)
    return Repository(repository.name, repository.repository_url, repository.arn, provider_own, provider_own)


def existing_repository(context: Context, url: pulumi.Input[str]) -> Repository:
    """An existing repository, looked up in the account and region of its URL."""
    parts = text_output(context.who, "repository_url", url).apply(lambda text: text.partition("/"))
    host = parts.apply(lambda values: ecr_host(values[0]))
    registry_id = host.apply(lambda registry: registry.account if registry else None)
    region = host.apply(lambda registry: registry.region if registry else None)
    repository = ecr.get_repository_output(
        name=parts.apply(lambda values: values[2]), registry_id=registry_id, region=region, opts=context.lookup
    )
    return Repository(
        repository.name, answered(repository.repository_url), answered(repository.arn), registry_id, region
    )


def pushed_digest(context: Context, repository: Repository, tag: str) -> pulumi.Output[str]:
    """Digest of the repository's image with the tag; empty where there is none."""
    images = ecr.get_images_output(
        repository_name=repository.name,
        registry_id=repository.registry_id,
        region=repository.region,
        opts=context.lookup,
    )
    return answered(images.image_ids).apply(
        lambda ids: next((image.image_digest for image in ids if image.image_tag == tag), "")
    )


def lifecycle_policy(tag: str, keep_releases: int) -> str:
    """Lifecycle policy as JSON: keeps the tag's image, tags that begin with keep-, and the latest releases."""
    untagged = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": UNTAGGED_DAYS,
    }
    rules = [
        (f"Keep the release {tag}", by_count(tag, 1)),
        (f"Keep what has a tag that begins with {KEPT_PREFIX}", by_count(KEPT_PREFIX, MOST_IMAGES)),
        (f"Keep the latest {keep_releases} releases", by_count(RELEASE_PREFIX, keep_releases)),
        (f"Remove untagged images after {UNTAGGED_DAYS} days", untagged),
    ]
    return json.dumps(
        {
            "rules": [
                {
                    "rulePriority": priority,
                    "description": description,
                    "selection": selection,
                    "action": {"type": "expire"},
                }
                for priority, (description, selection) in enumerate(rules, start=1)
            ]
        }
    )


def by_count(prefix: str, count: int) -> dict[str, object]:
    """Selection of a lifecycle rule: all but the newest `count` images with a tag of this prefix."""
    return {"tagStatus": "tagged", "tagPrefixList": [prefix], "countType": "imageCountMoreThan", "countNumber": count}


def pull_policy(partition: str, accounts: Sequence[str]) -> str:
    """Repository policy as JSON: other accounts may pull."""
    principals = [f"arn:{partition}:iam::{account}:root" for account in sorted(accounts)]
    statement: Statement = {
        "Sid": "AllowPull",
        "Effect": "Allow",
        "Principal": {"AWS": principals},
        "Action": list(PULL_ACTIONS),
    }
    return json.dumps(document([statement]))
