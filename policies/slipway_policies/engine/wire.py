"""Between the engine's messages and the pack's own types.

Source: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/analyzer.proto
"""

from collections.abc import Mapping
from typing import Final, Protocol

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Severity
from pulumi_policy.deserialize import deserialize_properties

from slipway_policies.engine.graph import Node
from slipway_policies.engine.pack import NAME, VERSION, Notice
from slipway_policies.engine.registry import ResourceRule, Rule, Schema
from slipway_policies.engine.resources import Options, Resource
from slipway_policies.engine.values import Plain, thaw_members

LEVELS: Final = {level: analyzer_pb2.EnforcementLevel.Value(level.name) for level in EnforcementLevel}
BY_NUMBER: Final = {number: level for level, number in LEVELS.items()}
SEVERITIES: Final = {
    severity: analyzer_pb2.PolicySeverity.Value(f"POLICY_SEVERITY_{severity.name}") for severity in Severity
}


class Policy(Protocol):
    """A policy as the engine sees it: a rule, or a policy of the pack itself."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def level(self) -> EnforcementLevel: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def settings(self) -> Mapping[str, Schema]: ...


class Carrier(Protocol):
    """A message with properties."""

    @property
    def properties(self) -> struct_pb2.Struct: ...


def properties(message: Carrier) -> dict[str, Plain]:
    """The properties of a message, secrets in clear."""
    return thaw_members(deserialize_properties(json_format.MessageToDict(message.properties)))


def resource(message: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource) -> Resource:
    """The resource in a message."""
    provider = properties(message.provider) if message.HasField("provider") else {}
    told = message.options
    options = Options(told.protect, tuple(told.ignoreChanges), told.parent, provider)
    return Resource(message.type, message.name, message.urn, properties(message), options)


def node(message: analyzer_pb2.AnalyzerResource, written: frozenset[str] | None) -> Node:
    """The resource of a stack, with the properties written by the program where known."""
    sources = {name: tuple(dependencies.urns) for name, dependencies in message.propertyDependencies.items()}
    return Node(resource(message), sources, written)


def written_properties(message: analyzer_pb2.AnalyzeRequest) -> frozenset[str]:
    """The properties with a value from the program."""
    return frozenset(name for name, value in message.properties.fields.items() if _holds_something(value))


def _holds_something(value: struct_pb2.Value) -> bool:
    """Whether a value is more than null, false, or an empty text, list or object."""
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return bool(value.list_value.values)
    if kind == "struct_value":
        return bool(value.struct_value.fields)
    return kind is not None and kind != "null_value" and bool(getattr(value, kind))


def policy_info(policy: Policy) -> analyzer_pb2.PolicyInfo:
    """The description of a policy for the engine."""
    info = analyzer_pb2.PolicyInfo(
        name=policy.name,
        description=policy.title,
        enforcementLevel=LEVELS[policy.level],
        severity=SEVERITIES[policy.severity],
        policy_type=analyzer_pb2.PolicyType.POLICY_TYPE_STACK,
    )
    json_format.ParseDict(
        {name: dict(schema) for name, schema in policy.settings.items()}, info.configSchema.properties
    )
    if isinstance(policy, Rule):
        info.tags.extend(policy.controls)
        info.remediation_steps = policy.fix
        info.url = policy.link
    if isinstance(policy, ResourceRule):
        info.policy_type = analyzer_pb2.PolicyType.POLICY_TYPE_RESOURCE
    return info


def diagnostic(policy: Policy, level: EnforcementLevel, notice: Notice) -> analyzer_pb2.AnalyzeDiagnostic:
    """A sentence of a policy as the engine shows it, under the policy's title."""
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=policy.name,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=policy.title,
        message=f"{policy.title}\n{notice.text}",
        urn=notice.urn,
        enforcementLevel=LEVELS[level],
        severity=SEVERITIES[policy.severity],
    )
