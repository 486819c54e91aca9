"""Where images are pushed: an ECR repository of its own, or another one's by URL.

The lifecycle policy counts, and never asks for an age: a policy by age takes the image of a service that was not deployed
for long, and one by last pull that of a service whose tasks run on undisturbed. By count nothing goes unless something is
pushed. ECR applies a rule only to images that no rule of higher priority has selected, be it to expire them or not; so the
first two rules, which never have enough images to expire one, keep what they select from the third.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi_aws import ecr

from slipway.common import document, given, named
from slipway.dynamic import ECR_HOST

from ._image_args import ContainerImageArgs
from ._image_plan import RELEASE_PREFIX

KEPT_PREFIX = "keep-"
MOST_IMAGES = 9999  # more than a repository will have of them
UNTAGGED_DAYS = 14
PULL_ACTIONS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


@dataclass(frozen=True)
class Repository:
    """A repository to push to. Registry and region are those of the provider where they are not given."""

    name: pulumi.Output[str]
    url: pulumi.Output[str]
    arn: pulumi.Output[str]
    registry_id: pulumi.Output[str | None]
    region: pulumi.Output[str | None]


def own_repository(
    name: str, args: ContainerImageArgs, tag: str, keep: int, child: pulumi.ResourceOptions
) -> Repository:
    """A repository of its own, which keeps the tag's image and the latest releases."""
    encryption: ecr.RepositoryEncryptionConfigurationArgsDict = {"encryption_type": "KMS"}
    if (key := args.get("kms_key_arn")) is not None:
        encryption["kms_key"] = key
    made = ecr.Repository(
        name,
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        encryption_configurations=[encryption],
        force_delete=given(args.get("force_delete"), False),
        tags=named(name, args.get("tags")),
        opts=child,
    )
    ecr.LifecyclePolicy(name, repository=made.name, policy=lifecycle(tag, keep), opts=child)
    if accounts := args.get("pull_account_ids"):
        partition = aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=child.parent)).partition
        policy = partition.apply(lambda it: json.dumps(pull_policy(it, accounts)))
        ecr.RepositoryPolicy(name, repository=made.name, policy=policy, opts=child)
    nothing = pulumi.Output.from_input(None)
    return Repository(made.name, made.repository_url, made.arn, nothing, nothing)


def existing_repository(url: pulumi.Input[str], child: pulumi.ResourceOptions) -> Repository:
    """A repository that is there, with the account and the region that its URL names."""
    whole = pulumi.Output.from_input(url)
    name = whole.apply(lambda it: it.partition("/")[2])
    registry_id = whole.apply(lambda it: of_host(it, "account"))
    region = whole.apply(lambda it: of_host(it, "region"))
    found = ecr.get_repository_output(
        name=name, registry_id=registry_id, region=region, opts=pulumi.InvokeOutputOptions(parent=child.parent)
    )
    return Repository(found.name, found.repository_url, found.arn, registry_id, region)


def of_host(url: str, part: str) -> str | None:
    """Account or region of a repository's URL; None for a registry that stands for ECR."""
    host: re.Match[str] | None = ECR_HOST.fullmatch(url.partition("/")[0])
    return host[part] if host else None


def released(repository: Repository, tag: str, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Digest of the image that has the tag; empty where none has."""
    found = ecr.get_images_output(
        repository_name=repository.name,
        registry_id=repository.registry_id,
        region=repository.region,
        opts=pulumi.InvokeOutputOptions(parent=child.parent),
    )
    return found.image_ids.apply(lambda ids: next((it.image_digest for it in ids if it.image_tag == tag), ""))


def lifecycle(tag: str, keep: int) -> str:
    """Lifecycle policy that keeps the tag's image, tags that begin with keep-, and the latest releases."""
    rules = [
        (f"Keep the release {tag}", by_count(tag, 1)),
        (f"Keep what has a tag that begins with {KEPT_PREFIX}", by_count(KEPT_PREFIX, MOST_IMAGES)),
        (f"Keep the latest {keep} releases", by_count(RELEASE_PREFIX, keep)),
        (
            f"Remove untagged images after {UNTAGGED_DAYS} days",
            {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
        ),
    ]
    return json.dumps(
        {
            "rules": [
                {
                    "rulePriority": number,
                    "description": text,
                    "selection": selection,
                    "action": {"type": "expire"},
                }
                for number, (text, selection) in enumerate(rules, start=1)
            ]
        }
    )


def by_count(prefix: str, most: int) -> dict[str, Any]:
    """The oldest images beyond a number, of those with a tag that begins so."""
    return {"tagStatus": "tagged", "tagPrefixList": [prefix], "countType": "imageCountMoreThan", "countNumber": most}


def pull_policy(partition: str, accounts: Sequence[str]) -> dict[str, Any]:
    """Policy of a repository that lets other accounts pull."""
    principals = [f"arn:{partition}:iam::{account}:root" for account in sorted(accounts)]
    return document([{"Sid": "AllowPull", "Effect": "Allow", "Principal": {"AWS": principals}, "Action": PULL_ACTIONS}])
