"""The recording engine of slipway.testing, with what only the tests of components ask it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slipway.testing import Answer, Mocks, Recording
from slipway.testing import Registered as Resource
from slipway.testing._build import own_loop, record, short
from tests.support.components.service_samples import SHARED_OUTPUTS

__all__ = ["ACCOUNT", "ANSWERS", "REGION", "Answer", "Built", "Resource", "build", "own_loop", "short"]

ACCOUNT, REGION = Mocks().account_id, Mocks().region
SHARED: Answer = {"outputs": SHARED_OUTPUTS, "secretOutputNames": ["platform-database-password"]}
ANSWERS: Mapping[str, Answer] = {**Mocks().answers, "pulumi:pulumi:readStackOutputs": SHARED}


@dataclass
class Built(Recording):
    """Everything that was registered while building."""

    def of_type(self, suffix: str) -> list[Resource]:
        """Registrations whose type ends so, by name."""
        return sorted((it for it in self.resources if it.type.endswith(suffix)), key=lambda it: it.name)

    def one(self, suffix: str, name: str) -> Resource:
        """The one registration of this type and name."""
        found = [it for it in self.of_type(suffix) if it.name == name]
        assert len(found) == 1, f"{len(found)} {suffix} named {name}, of {[it.name for it in self.of_type(suffix)]}"
        return found[0]

    def counts(self) -> dict[str, int]:
        """How many registrations there are of each provider's type."""
        types = [it.type for it in self.resources if not it.type.startswith("slipway:")]
        return {kind: types.count(kind) for kind in sorted(set(types))}

    def awaited(self, user: str) -> set[str]:
        """Everything that a resource waits for, directly or through others; all by type and name."""
        needs = defaultdict[str, set[str]](set)
        for it in self.resources:
            needs[short(it.urn)] |= it.depends_on
        reached, left = set[str](), [user]
        while left:
            new = needs[left.pop()] - reached
            reached |= new
            left += new
        return reached

    def opened_ports(self) -> dict[str, tuple[str, int, str]]:
        """Rules between security groups by name: the group, the port and the other group."""
        return {
            rule.name: (rule.inputs["securityGroupId"], rule.inputs["toPort"], rule.inputs["referencedSecurityGroupId"])
            for kind in ("Ingress", "Egress")
            for rule in self.of_type(f"securityGroup{kind}Rule:SecurityGroup{kind}Rule")
            if "referencedSecurityGroupId" in rule.inputs
        }

    def component_outputs(self, kind: str) -> dict[str, Any]:
        """What the one component of this class registered as its outputs."""
        [component] = self.of_type(f"slipway:index:{kind}")
        return component.outputs


def build(
    construct: Callable[[], Any], answers: Mapping[str, Answer] = ANSWERS, known_as: Callable[[str], str] = str
) -> Built:
    """Run a construction to its end and return everything it registered; `known_as` as in Mocks."""
    built = Built()
    record(construct, Mocks(answers, known_as=known_as), built)
    return built
