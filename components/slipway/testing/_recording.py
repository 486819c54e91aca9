"""What a construction registered under mocks."""

from dataclasses import dataclass, field
from typing import Any


class NotRegisteredError(AssertionError):
    """No resource, or more than one, has the type and the name."""


@dataclass
class Registered:
    """One resource, as the engine would see it."""

    urn: str
    """Pulumi's name of the resource, with the types of its parents."""
    type: str
    """Type token, such as aws:ecs/service:Service."""
    name: str
    """Name in the program, such as api."""
    inputs: dict[str, Any]
    """Properties in the engine's words, in camel case; what other resources compute has the values of the mocks."""
    outputs: dict[str, Any]
    """Of a component: its outputs, in camel case. Of another resource: what the mocks computed, over its inputs."""
    depends_on: set[str]
    """Resources that it waits for, each as the last part of its type and its name, such as `Role api-task`."""
    ignore_changes: list[str]
    """Properties whose changes are ignored."""
    replace_on_changes: list[str]
    """Properties whose changes replace the resource."""
    delete_before_replace: bool
    """Whether the old resource is deleted before its replacement is made."""
    provider: str
    """Provider's URN and id; empty for the default one."""
    replacement_trigger: object = None
    """Value whose change replaces the resource. Default: none."""

    @property
    def parents(self) -> list[str]:
        """Types from the outermost component's down to its own."""
        return self.urn.split("::")[2].split("$")

    def is_a(self, kind: str) -> bool:
        """Whether its type is `kind`, a whole token or the last part of one, such as Service."""
        return kind in (self.type, self.type.rpartition(":")[2])


@dataclass
class Recording:
    """Everything that was registered and looked up while a program or a component was built."""

    resources: list[Registered] = field(default_factory=list)
    """Registrations in their order, components too; without the stack."""
    calls: list[Any] = field(default_factory=list)
    """Look-ups in their order, each with `token` and `args`."""

    def find(self, kind: str, name: str) -> Registered:
        """The one resource of a type and a name.

        `kind` is a type token such as aws:ecs/service:Service, or its last part. Raises NotRegisteredError, which names
        what there is instead.
        """
        found = [it for it in self.of_type(kind) if it.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(sorted(it.type for it in found))
            raise NotRegisteredError(
                f"{len(found)} resources are a {kind} named {name!r}; give one of the types {listed}"
            )
        names = sorted(repr(it.name) for it in self.of_type(kind))
        types = sorted({it.type.rpartition(":")[2] for it in self.resources})
        there = f"the names are {', '.join(names)}" if names else f"the types are {', '.join(types) or 'none'}"
        raise NotRegisteredError(f"no {kind} named {name!r} was registered; {there}")

    def of_type(self, kind: str) -> list[Registered]:
        """Every resource of a type, by name; `kind` as in find."""
        return sorted((it for it in self.resources if it.is_a(kind)), key=lambda it: it.name)
