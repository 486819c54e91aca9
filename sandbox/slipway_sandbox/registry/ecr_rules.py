"""What ECR refuses of a push or a pull, in its words.

Source: https://github.com/aws/containers-roadmap/issues/2380 (an immutable tag is refused for the same image, too),
https://github.com/regclient/regclient/issues/869 (a push creates no repository)
"""

import fnmatch
from collections.abc import Iterator
from typing import TYPE_CHECKING

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT

if TYPE_CHECKING:
    from moto.ecr.models import Repository


def unknown_repository(repository: str) -> str | None:
    """ECR's sentence for a repository that was not created; None for one that is there."""
    if any(_repositories(repository)):
        return None
    return f"The repository with name '{repository}' does not exist in the registry with id '{MOTO_ENVIRONMENT['MOTO_ACCOUNT_ID']}'"


def is_immutable(repository: str, tag: str) -> bool:
    """Whether a repository of this name lets no tag be pushed twice."""
    return any(_keeps(candidate, tag) for candidate in _repositories(repository))


def immutable_tag(repository: str, tag: str) -> str:
    """ECR's sentence for a push to a tag that is there and cannot be overwritten."""
    return (
        f"The image tag '{tag}' already exists in the '{repository}' repository and cannot be overwritten because the "
        "tag is immutable."
    )


def _repositories(name: str) -> "Iterator[Repository]":
    """Repositories of this name in all accounts and regions: they share their images here."""
    from moto.ecr.models import ecr_backends  # noqa: PLC0415 - after moto's environment is set

    for account in list(ecr_backends.values()):
        for backend in list(account.values()):
            if repository := backend.repositories.get(name):
                yield repository


def _keeps(repository: "Repository", tag: str) -> bool:
    """Filters exclude tags from the repository's rule; `*` is their only wildcard."""
    filters = repository.image_tag_mutability_exclusion_filters or []
    is_excluded = any(fnmatch.fnmatchcase(tag, entry["filter"]) for entry in filters)
    return bool(repository.image_tag_mutability.startswith("IMMUTABLE")) is not is_excluded
