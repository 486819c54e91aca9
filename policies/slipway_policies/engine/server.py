"""Serves the pack to the engine: the SDK's analyzer, made to read each resource once instead of once per policy.

With the SDK's own loop, a task definition costs 1.5 ms per policy of the pack, whatever its type.
"""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent import futures
from typing import Any, Final

import grpc
from google.protobuf import json_format
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, Policy, ReportViolation
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.policy import _PolicyAnalyzerServicer

from slipway_policies.engine.config import problems
from slipway_policies.engine.exemptions import SCHEMA, parse
from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.pack import NAME, OWN_SETTINGS, SUMMARY, VERSION, Pack
from slipway_policies.engine.registry import Rule
from slipway_policies.engine.remedies import remedied
from slipway_policies.engine.values import Options, Resource, Thawed, thaw

MAX_MESSAGE_BYTES: Final = 400 * 1024 * 1024  # the engine's own limit
THREADS: Final = 4


class Analyzer(_PolicyAnalyzerServicer):
    """The SDK's servicer with one deserialization per resource, dispatch by type and a configuration that is checked."""

    def __init__(self, pack: Pack) -> None:
        policies = pack.policies()
        super().__init__(NAME, VERSION, policies, EnforcementLevel.ADVISORY)
        self._pack = pack
        self._policies = {policy.name: policy for policy in policies}
        self._rules = {rule.name: rule for rule in pack.rules}
        self._by_type: dict[str, list[Rule]] = defaultdict(list)
        for rule in pack.rules:
            for kind in rule.types:
                self._by_type[kind].append(rule)
        # By URN. The stack is shown with outputs only, where what AWS filled in looks like the program's.
        self._written: dict[str, frozenset[str]] = {}

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Refuses unknown rules and settings, which the engine passes on; then as the SDK does."""
        given = {name: list(config.properties) for name, config in request.policyConfig.items()}
        wrong = problems(given, self._pack.rules, {"all": (), SUMMARY: (), OWN_SETTINGS: SCHEMA})
        own = thaw(json_format.MessageToDict(request.policyConfig[OWN_SETTINGS].properties)) if not wrong else {}
        settings, more = parse(own, self._pack.rules)
        wrong += more
        if "all" in given and settings.profile != "baseline":
            wrong.append("policy config: set all or pack.profile, got both; a profile gives each rule its level")
        if wrong:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "; ".join(wrong))
        self._pack.settings = settings
        return super().Configure(request, context)  # type: ignore[no-untyped-call]  # the SDK's signature has no types

    def Analyze(self, request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Checks one resource against the rules of its type."""
        response = proto.AnalyzeResponse()
        self._written[request.urn] = frozenset(key for key, value in request.properties.fields.items() if _says(value))
        chosen = self._by_type.get(request.type, ())
        if chosen:
            seen = _resource(request)
            for rule in chosen:
                self._run(rule, response, seen)
        return response

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Checks the graph of all resources, then reports what could not be checked in this run."""
        response = proto.AnalyzeResponse()
        graph = Graph(_node(resource, self._written.get(resource.urn)) for resource in request.resources)
        for rule in self._pack.rules:
            if rule.of_stack:
                self._run(rule, response, graph)
        level, report = self._reporter(SUMMARY, response)
        if level is not EnforcementLevel.DISABLED:
            self._pack.summarize(report)
        level, report = self._reporter(OWN_SETTINGS, response)
        if level is not EnforcementLevel.DISABLED:
            self._pack.judge_exemptions(report)
        return response

    def Remediate(self, request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Rewrites the resource for each rule of its type at the level `remediate` that has a remedy, one after another."""
        response = proto.RemediateResponse()
        message = request
        for rule in self._by_type.get(request.type, ()):
            level = self._get_enforcement_level(self._policies[rule.name])
            if rule.mends(request.type) and level is EnforcementLevel.REMEDIATE:
                seen = _resource(message).configured(self._configuration(rule))
                better = remedied(rule, self._pack.broken(rule, seen), json_format.MessageToDict(message.properties))
                if better is not None:
                    message = copy.deepcopy(request)
                    message.properties.Clear()
                    message.properties.update(better)
                    response.remediations.add(
                        policyName=rule.name,
                        policyPackName=NAME,
                        policyPackVersion=VERSION,
                        description=rule.title,
                        properties=message.properties,
                    )
        return response

    def _run(self, rule: Rule, response: Any, subject: Resource | Graph) -> None:
        level, report = self._reporter(rule.name, response)
        if level is not EnforcementLevel.DISABLED:
            self._pack.check(rule, subject.configured(self._configuration(rule)), report)

    def _configuration(self, rule: Rule) -> Mapping[str, Any]:
        return rule.configuration(self._get_policy_config(rule.name) or {})

    def _reporter(self, name: str, response: Any) -> tuple[EnforcementLevel, ReportViolation]:
        policy = self._policies[name]
        level = self._get_enforcement_level(policy)
        if level is EnforcementLevel.REMEDIATE:  # what is still found after the rewriting
            level = EnforcementLevel.MANDATORY
        return level, self._create_report_violation(response, name, policy.description, level, policy.severity)

    def _get_enforcement_level(self, policy: Policy) -> EnforcementLevel:
        """As configured, save that waiting for `up` never blocks."""
        level = super()._get_enforcement_level(policy)
        if policy.name in self._rules:
            level = self._pack.level(self._rules[policy.name], level)
        if policy.name == SUMMARY and level is not EnforcementLevel.DISABLED:
            return EnforcementLevel.ADVISORY
        return level


def _properties(message: Any) -> Thawed:
    return thaw(deserialize_properties(json_format.MessageToDict(message.properties)))


def _resource(message: Any) -> Resource:
    given = message.options
    provider = _properties(message.provider) if message.HasField("provider") else {}
    options = Options(given.protect, tuple(given.ignoreChanges), given.parent, provider)
    return Resource(message.type, message.name, message.urn, _properties(message), options)


def _says(value: Any) -> bool:
    """Whether a property on the wire holds something: no null, no empty text, list or object, no false."""
    kind = value.WhichOneof("kind")
    if kind in ("list_value", "struct_value"):
        content = getattr(value, kind)
        return bool(content.values if kind == "list_value" else content.fields)
    return kind != "null_value" and bool(getattr(value, kind))


def _node(resource: Any, written: frozenset[str] | None) -> Node:
    sources: Iterable[tuple[str, Any]] = resource.propertyDependencies.items()
    return Node(_resource(resource), {prop: tuple(found.urns) for prop, found in sources}, written)


def serve(analyzer: _PolicyAnalyzerServicer) -> None:
    """Serves on a free loopback port, told to the engine on stdout, until the engine ends the process."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=THREADS),
        options=[("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)],
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        server.stop(grace=None)
