"""The rule from a Pulumi property to its member of an AWS call.

The rule takes the member of the same name and ignores case, plural and the resource's own noun (`subnetIds` is SubnetIds,
`capacityProviderStrategies` is capacityProviderStrategy, `name` of a queue is QueueName). A declaration's `names` holds the
exceptions.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from botocore.model import StructureShape


@cache
def canonical(name: str) -> str:
    """The name in lower case, singular, letters and digits only."""
    word = re.sub(r"[^a-z0-9]", "", name.lower())
    for plural, singular in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if word.endswith(plural):
            return word[: -len(plural)] + singular
    return word


def nouns(type_name: str) -> tuple[str, ...]:
    """Nouns of a type, possible first words of a member's name: ListenerRule gives ListenerRule and Rule."""
    parts = re.findall(r"[A-Z][a-z0-9]*", type_name)
    return tuple("".join(parts[start:]) for start in range(len(parts)))


@cache
def _index(members: tuple[str, ...]) -> dict[str, str]:
    return {canonical(member): member for member in members}


def match(name: str, members: Iterable[str], own_nouns: tuple[str, ...] = ()) -> str | None:
    """The member for a property, by rule; None without one."""
    index = _index(tuple(members))
    for candidate in (name, *(noun + name[0].upper() + name[1:] for noun in own_nouns)):
        if member := index.get(canonical(candidate)):
            return member
    return None


class Names:
    """The names of one declaration: the exceptions, the attributes member and the nouns."""

    def __init__(self, type_name: str, exceptions: Mapping[str, str], attributes: str = "") -> None:
        self.exceptions = exceptions
        self.attributes = attributes
        self.nouns = nouns(type_name)

    def path(self, prefix: str, name: str, members: Mapping[str, object]) -> str | None:
        """Member path of a property; None without one. Nouns and attributes count only at the top level."""
        if exception := self.exceptions.get(prefix + name):
            return exception
        member = match(name, members, () if prefix else self.nouns)
        if member is None and not prefix and self.attributes in members:
            inside = members[self.attributes]
            if isinstance(inside, StructureShape | Mapping):
                inner = match(name, inside.members if isinstance(inside, StructureShape) else inside)
                return inner and f"{self.attributes}.{inner}"
            return f"{self.attributes}.{name[0].upper()}{name[1:]}"
        return member
