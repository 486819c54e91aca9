"""What a declaration's calls and functions work with: one resource (or one function call) in one region."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.declaration import Call
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError

ACCOUNT = "123456789012"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Settings:
    """Configuration of one provider instance."""

    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event, compare=False)
    """Set when the user interrupts the update."""


@dataclass(frozen=True)
class Cloud:
    """What all provider instances share."""

    client: AwsClient
    registry: str
    """Address of the image registry that stands for ECR, such as localhost:5001."""
    retry_seconds: float = 30.0
    """How long a delete waits for what still uses the resource."""


@dataclass
class Scope:
    """One resource during one operation: its inputs, its state, its id."""

    cloud: Cloud
    settings: Settings
    service: str
    inputs: Mapping[str, Any]
    """What is asked for, with everything filled in."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """Outputs recorded so far."""
    id: str = ""
    changed: frozenset[str] = frozenset()
    """Properties that differ, in an update."""
    timeout_seconds: float = 0.0
    """The program's customTimeouts; 0 is none given."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags to put: the resource's own over the provider's defaultTags."""
    found: Mapping[str, Any] = field(default_factory=dict)
    """What AWS has answered so far in this operation, by member."""

    is_wanted: Callable[[], bool] = lambda: True
    """Whether the engine still waits for this operation."""

    def pause(self, seconds: float) -> None:
        """Waits, unless nobody waits for the outcome any more. Raises ProviderError then."""
        if self.settings.cancelled.wait(seconds) or not self.is_wanted():
            raise ProviderError("the update was interrupted; run it again to continue")

    @property
    def region(self) -> str:
        """The resource's own region, or the provider's."""
        return str(self.inputs.get("region") or self.state.get("region") or self.settings.region)

    def call(self, operation: str, /, **params: Any) -> dict[str, Any]:
        """An operation of the resource's own service in its region. Raises AwsError."""
        return self.cloud.client.call(self.service, operation, self.region, **params)

    def shape(self, call: Call) -> Any:
        """Input of a declared call in botocore's model; None when it has no parameters."""
        return self.cloud.client.shape(call.service or self.service, call.operation, self.region)

    def members(self, operation: str, properties: Mapping[str, Any], names: Names) -> dict[str, Any]:
        """Members of an operation for the properties that it takes, by rule and with the exceptions in `names`."""
        shape = self.cloud.client.shape(self.service, operation, self.region)
        return mapping.to_request(shape, properties, names) if shape else {}

    def get(self, name: str) -> Any:
        """A property: what is asked for, else what is recorded, else None."""
        value = self.inputs.get(name)
        return self.state.get(name, self.found.get(name)) if value is None else value

    def run(self, call: Call, **more: Any) -> Any:
        """A declared call with its templates filled, and its reply narrowed to what the declaration names."""
        params = merge(more, self.fill(call.params) or {})
        reply = self.cloud.client.call(call.service or self.service, call.operation, self.region, **params)
        return mapping.search(str(self.fill(call.reply)), reply)

    def fill(self, template: Any) -> Any:
        """Templates replaced by values; members whose property is absent are left out. None when nothing remains."""
        if callable(template):
            return template(self)
        if isinstance(template, Mapping):
            filled = {key: self.fill(value) for key, value in template.items()}
            return {key: value for key, value in filled.items() if value is not None} or None
        if isinstance(template, list):
            items = [self.fill(value) for value in template]
            return [value for value in items if value is not None] or None
        return self._fill_text(template) if isinstance(template, str) else template

    def _fill_text(self, template: str) -> Any:
        whole = PLACEHOLDER.fullmatch(template)
        if whole:
            return self._value(whole[1])
        values = {name: self._value(name) for name in PLACEHOLDER.findall(template)}
        if any(value is None for value in values.values()):
            return None
        return PLACEHOLDER.sub(lambda found: str(values[found[1]]), template)

    def _value(self, name: str) -> Any:
        match name:
            case "id":
                return self.id or None
            case "region":
                return self.region
            case "account":
                return ACCOUNT
            case "registry":
                return self.cloud.registry
            case _:
                return self.get(name)


def merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both maps, blocks within them too; the second wins."""
    merged = dict(first)
    for key, value in second.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = merge(merged[key], value) if both else value
    return merged
