"""Which member of an AWS call a Pulumi property stands for, by rule.

The rule: the member of the same name, where case, plural and the resource's own noun do not count (`subnetIds` is SubnetIds,
`capacityProviderStrategies` is capacityProviderStrategy, `name` of a queue is QueueName). Names that break the rule are the
declaration's `names`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from botocore.model import StructureShape


@cache
def canonical(name: str) -> str:
    """A name without what does not count: letters in lower case, singular."""
    word = re.sub(r"[^a-z0-9]", "", name.lower())
    for plural, singular in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if word.endswith(plural):
            return word[: -len(plural)] + singular
    return word


def nouns(type_name: str) -> tuple[str, ...]:
    """What AWS may put before a member's name: ListenerRule gives listenerrule and rule."""
    parts = re.findall(r"[A-Z][a-z0-9]*", type_name)
    return tuple("".join(parts[start:]) for start in range(len(parts)))


@cache
def _index(members: tuple[str, ...]) -> dict[str, str]:
    return {canonical(member): member for member in members}


def match(name: str, members: Iterable[str], own_nouns: tuple[str, ...] = ()) -> str | None:
    """The member that a property stands for by rule; None when there is none."""
    index = _index(tuple(members))
    for candidate in (name, *(noun + name[0].upper() + name[1:] for noun in own_nouns)):
        if found := index.get(canonical(candidate)):
            return found
    return None


class Names:
    """The names of one declaration: the exceptions, the attributes member and the nouns."""

    def __init__(self, type_name: str, exceptions: Mapping[str, str], attributes: str = "") -> None:
        self.exceptions = exceptions
        self.attributes = attributes
        self.nouns = nouns(type_name)

    def path(self, prefix: str, name: str, members: Mapping[str, Any]) -> str | None:
        """Member path of a property; None when the rule finds none. Only at the top do nouns and attributes count."""
        if exception := self.exceptions.get(prefix + name):
            return exception
        found = match(name, members, () if prefix else self.nouns)
        if found is None and not prefix and self.attributes in members:
            inside = members[self.attributes]
            if isinstance(inside, StructureShape | Mapping):
                inner = match(name, inside.members if isinstance(inside, StructureShape) else inside)
                return inner and f"{self.attributes}.{inner}"
            return f"{self.attributes}.{name[0].upper()}{name[1:]}"
        return found
