"""Scope: the resource (or function call) of one operation, in one region. Declarations work with it."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from botocore.model import StructureShape

from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.aws.declaration import Call, Template
from slipway_sandbox.provider.aws.identity.resolution import Identity
from slipway_sandbox.provider.aws.interrupted.creations import Creations
from slipway_sandbox.provider.properties import mapping
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.engine_connection import Engine
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.wire import UNKNOWN, Properties, Value

PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Settings:
    """Configuration of one provider instance."""

    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict)
    identity: Identity = field(default_factory=Identity)
    """Who calls AWS."""
    cancelled: threading.Event = field(default_factory=threading.Event, compare=False)
    """Set when the user interrupts the update."""

    def tags_all(self, inputs: Properties) -> Value:
        """The tags of a resource over the provider's own."""
        tags = inputs.get("tags") or {}
        return {**self.default_tags, **tags} if isinstance(tags, Mapping) else UNKNOWN


@dataclass(frozen=True)
class Cloud:
    """Shared by all provider instances."""

    client: AwsClient
    registry: str
    """Address of the image registry in ECR's place, such as localhost:5001."""
    retry_seconds: float = 30.0
    """Longest wait of a delete for the users of the resource."""
    creations: Creations = field(default_factory=Creations)


@dataclass
class Scope:
    """One resource during one operation: its inputs, its state, its id."""

    cloud: Cloud
    settings: Settings
    service: str
    inputs: Properties
    """The program's inputs with defaults filled in."""
    state: Properties = field(default_factory=dict)
    """Outputs recorded so far."""
    id: str = ""
    changed: frozenset[str] = frozenset()
    """Changed properties, in an update."""
    timeout_seconds: float = 0.0
    """The program's customTimeouts; 0 without any."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The resource's tags over the provider's defaultTags."""
    reply: Properties = field(default_factory=dict)
    """AWS's answers so far in this operation, by member."""
    engine: Engine = field(default_factory=Engine)
    """The engine of the operation, with its program's folder."""
    is_wanted: Callable[[], bool] = lambda: True
    """Whether the engine still waits for this operation."""

    begun: Callable[[], None] = lambda: None
    """Records the resource under its `id`, in a creation."""

    def pause(self, seconds: float) -> None:
        """Waits. Raises ProviderError when the user interrupts the update."""
        if self.id:
            self.begun()
        with self.cloud.creations.gate.stepped_out():
            is_cancelled = self.settings.cancelled.wait(seconds)
        if is_cancelled or not self.is_wanted():
            raise ProviderError("the update was interrupted; run it again to continue")

    @property
    def region(self) -> str:
        """The resource's own region, or the provider's."""
        return str(self.inputs.get("region") or self.state.get("region") or self.settings.region)

    @property
    def account(self) -> str:
        """The account that the resource is in."""
        return self.settings.identity.account

    def call(self, operation: str, /, **params: Value) -> dict[str, Value]:
        """An operation of the resource's own service in its region. Raises AwsError."""
        return self.cloud.client.call(self.service, operation, self.region, **params)

    def shape(self, call: Call) -> StructureShape | None:
        """Input of a declared call in botocore's model; None without parameters."""
        return self.cloud.client.shape(call.service or self.service, call.operation, self.region)

    def members(self, operation: str, properties: Properties, names: Names) -> dict[str, Value]:
        """Members of an operation for these properties, by rule and with the exceptions in `names`."""
        shape = self.cloud.client.shape(self.service, operation, self.region)
        return mapping.to_request(shape, properties, names) if shape else {}

    def get(self, name: str, /) -> Value:
        """A property: from the inputs, else from the state, else from AWS's answers, else None."""
        value = self.inputs.get(name)
        return self.state.get(name, self.reply.get(name)) if value is None else value

    def run(self, call: Call, **more: Value) -> Value:
        """A declared call with its templates filled; the answer is the part at the declared JMESPath."""
        filled = self.fill(call.params)
        params = merge(more, filled if isinstance(filled, Mapping) else {})
        reply = self.cloud.client.call(call.service or self.service, call.operation, self.region, **params)
        return mapping.search(str(self.fill(call.reply)), reply)

    def fill(self, template: Template) -> Value:
        """The template's value. Members with an absent property are left out; None when nothing remains."""
        if callable(template):
            return template(self)
        if isinstance(template, str):
            return self._fill_text(template)
        if isinstance(template, Mapping):
            members = {key: self.fill(value) for key, value in template.items()}
            return {key: value for key, value in members.items() if value is not None} or None
        if isinstance(template, Sequence) and not isinstance(template, bytes):
            items = [self.fill(value) for value in template]
            return [value for value in items if value is not None] or None
        return template

    def _fill_text(self, template: str) -> Value:
        whole = PLACEHOLDER.fullmatch(template)
        if whole:
            return self._value(whole[1])
        values = {name: self._value(name) for name in PLACEHOLDER.findall(template)}
        if any(value is None for value in values.values()):
            return None
        return PLACEHOLDER.sub(lambda placeholder: str(values[placeholder[1]]), template)

    def _value(self, name: str) -> Value:
        match name:
            case "id":
                return self.id or None
            case "region":
                return self.region
            case "account":
                return self.account
            case "registry":
                return self.cloud.registry
            case _:
                return self.get(name)


def merge(first: Properties, second: Properties) -> dict[str, Value]:
    """Both maps, their blocks merged too; the second wins."""
    merged = dict(first)
    for key, value in second.items():
        earlier = merged.get(key)
        merged[key] = merge(earlier, value) if isinstance(value, Mapping) and isinstance(earlier, Mapping) else value
    return merged
