"""Runs policies the way the engine does: through the pack's server, with the engine's own messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime import proto

from slipway_policies.engine.pack import Pack
from slipway_policies.engine.registry import ADVISORY, OFF
from slipway_policies.engine.server import Analyzer
from slipway_policies.rules import all_rules

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # the engine's sentinel for a string that is not known yet
SECRET_SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
NO_CONTEXT = cast("grpc.ServicerContext", None)  # no call of the tests needs one
LEVELS = {proto.ADVISORY: "advisory", proto.MANDATORY: "mandatory"}


@dataclass(frozen=True)
class Shown:
    """One line of the engine's output."""

    rule: str
    level: str
    message: str
    urn: str


@dataclass(frozen=True)
class Node:
    """A resource of a stack, and the sources of its properties."""

    type: str
    name: str
    props: Mapping[str, Any]
    sources: Mapping[str, tuple[str, str] | list[tuple[str, str]]] | None = None
    """Property name to type and name of its source, or of each of its sources."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Resource options, by the protocol's names."""
    region: str = ""
    """Region of its provider."""


def only(name: str) -> Pack:
    """A pack of one rule, switched on."""
    [rule] = [rule for rule in all_rules() if rule.name == name]
    return Pack([replace(rule, level=ADVISORY) if rule.level is OFF else rule])


def start_pack(pack: Pack | None = None) -> Analyzer:
    """The server of a pack, by default of all rules."""
    return Analyzer(pack or Pack(all_rules()))


def start_rule(name: str, config: Mapping[str, object]) -> Analyzer:
    """The server of a pack with one rule, switched on and configured."""
    servicer = start_pack(only(name))
    if config:
        configure(servicer, {name: config})
    return servicer


def secret(value: object) -> dict[str, object]:
    """The value as the engine sends it when it is marked secret."""
    return SECRET_SIGNATURE | {"value": value}


def urn(kind: str, name: str) -> str:
    """The URN of a resource in the tests."""
    return f"urn:pulumi:dev::shop::{kind}::{name}"


def struct(props: Mapping[str, Any]) -> struct_pb2.Struct:
    """Properties as they travel."""
    message = struct_pb2.Struct()
    message.update(props)
    return message


def analyze(
    servicer: Analyzer, kind: str, props: Mapping[str, Any], name: str = "one", options: Mapping[str, Any] | None = None
) -> list[Shown]:
    """The findings on one resource."""
    request = proto.AnalyzeRequest(
        type=kind,
        name=name,
        urn=urn(kind, name),
        properties=struct(props),
        options=proto.AnalyzerResourceOptions(**options or {}),
    )
    return _shown(servicer.Analyze(request, NO_CONTEXT))


def analyze_stack(servicer: Analyzer, *nodes: Node) -> list[Shown]:
    """The findings on a stack."""
    resources = [
        proto.AnalyzerResource(
            type=node.type,
            name=node.name,
            urn=urn(node.type, node.name),
            options=proto.AnalyzerResourceOptions(**node.options),
            provider=proto.AnalyzerProviderResource(properties=struct({"region": node.region}))
            if node.region
            else None,
            properties=struct(node.props),
            propertyDependencies={
                prop: proto.AnalyzerPropertyDependencies(
                    urns=[urn(*source) for source in (sources if isinstance(sources, list) else [sources])]
                )
                for prop, sources in (node.sources or {}).items()
            },
        )
        for node in nodes
    ]
    return _shown(servicer.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources), NO_CONTEXT))


def configure(servicer: Analyzer, config: Mapping[str, Mapping[str, Any]], level: Any = proto.ADVISORY) -> None:
    """Configures rules as the engine does, all at one level."""
    request = proto.ConfigureAnalyzerRequest(
        policyConfig={
            name: proto.PolicyConfig(enforcementLevel=level, properties=struct(props)) for name, props in config.items()
        }
    )
    servicer.Configure(request, NO_CONTEXT)


def _shown(response: Any) -> list[Shown]:
    return [Shown(one.policyName, LEVELS[one.enforcementLevel], one.message, one.urn) for one in response.diagnostics]
