"""Serves the pack to the engine: reads each resource once, and runs only the rules of its type."""

# ruff: noqa: ARG002, N802 - names and parameters of the methods are the protocol's

import copy
from collections import defaultdict
from collections.abc import Callable
from concurrent import futures
from typing import Final, TypeVar

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2
from pulumi_policy import EnforcementLevel

from slipway_policies.engine import wire
from slipway_policies.engine.config import problems
from slipway_policies.engine.exemptions import SCHEMA, parse
from slipway_policies.engine.graph import Graph
from slipway_policies.engine.pack import NAME, OWN_SETTINGS, SUMMARY, VERSION, Notice, Pack, guarded
from slipway_policies.engine.registry import ADVISORY, MANDATORY, OFF, Outcomes, ResourceRule, Rule
from slipway_policies.engine.remedies import remedied
from slipway_policies.engine.repeats import Verdict
from slipway_policies.engine.resources import Configuration
from slipway_policies.engine.values import Plain

MAX_MESSAGE_BYTES: Final = 400 * 1024 * 1024  # the engine's own limit
THREADS: Final = 4
Subject = TypeVar("Subject")
REMEDIATE: Final = EnforcementLevel.REMEDIATE


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers the engine's calls with the rules of a pack."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._by_type: dict[str, list[ResourceRule]] = defaultdict(list)
        for rule in pack.resource_rules:
            for kind in rule.types:
                self._by_type[kind].append(rule)
        self._levels: dict[str, EnforcementLevel] = {}
        self._settings: dict[str, dict[str, Plain]] = {}
        # By URN. The stack is shown with outputs only, where what AWS filled in looks like the program's.
        self._written: dict[str, frozenset[str]] = {}

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> analyzer_pb2.AnalyzerInfo:
        """Describes the rules and the pack's own policies."""
        policies: list[wire.Policy] = [*self._pack.rules, SUMMARY, OWN_SETTINGS]
        told = map(wire.policy_info, policies)
        return analyzer_pb2.AnalyzerInfo(name=NAME, version=VERSION, supportsConfig=True, policies=told)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tells the pack's version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def Configure(
        self, request: analyzer_pb2.ConfigureAnalyzerRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Keeps levels and settings, and refuses unknown names."""
        levels = {name: wire.BY_NUMBER[config.enforcementLevel] for name, config in request.policyConfig.items()}
        settings = {name: wire.properties(config) for name, config in request.policyConfig.items()}
        own_names = {"all": (), SUMMARY.name: (), OWN_SETTINGS.name: SCHEMA}
        wrong = problems(settings, self._pack.rules, own_names)
        own, more = parse(settings.get(OWN_SETTINGS.name, {}) if not wrong else {}, self._pack.rules)
        wrong += more
        if "all" in settings and own.profile != "baseline":
            wrong.append("policy config: set all or pack.profile, got both; a profile gives each rule its level")
        if wrong:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "; ".join(wrong))
        self._levels, self._settings, self._pack.settings = levels, settings, own
        return empty_pb2.Empty()

    def ConfigureStack(
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        """Accepts the stack's name and tags; no rule needs them."""
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Analyze(
        self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """Checks one resource against the rules of its type."""
        response = analyzer_pb2.AnalyzeResponse()
        self._written[request.urn] = wire.written_properties(request)
        rules = [rule for rule in self._by_type.get(request.type, ()) if self._runs(rule)]
        if rules:
            resource = wire.resource(request)
            verdicts = [
                self._verdict(rule, rule.check, resource.configured(self._configuration(rule))) for rule in rules
            ]
            for rule, notices in self._pack.judge(request.urn, verdicts):
                self._tell(response, rule, notices)
        return response

    def AnalyzeStack(
        self, request: analyzer_pb2.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """Checks the graph of all resources, then reports the unfinished checks of this run."""
        response = analyzer_pb2.AnalyzeResponse()
        graph = Graph(wire.node(resource, self._written.get(resource.urn)) for resource in request.resources)
        verdicts = [
            self._verdict(rule, rule.check, graph.configured(self._configuration(rule)))
            for rule in self._pack.stack_rules
            if self._runs(rule)
        ]
        for rule, notices in self._pack.judge("", verdicts):
            self._tell(response, rule, notices)
        if self._runs(SUMMARY):
            self._tell(response, SUMMARY, self._pack.summary())
        if self._runs(OWN_SETTINGS):
            self._tell(response, OWN_SETTINGS, self._pack.exemption_notices())
        return response

    def Remediate(
        self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.RemediateResponse:
        """Rewrites the resource for each rule of its type at the level `remediate`, one after another."""
        response = analyzer_pb2.RemediateResponse()
        message = request
        for rule in self._by_type.get(request.type, ()):
            if rule.mends(request.type) and self._level(rule) is REMEDIATE:
                resource = wire.resource(message).configured(self._configuration(rule))
                broken = self._pack.broken(rule, resource)
                rewritten = remedied(rule, broken, json_format.MessageToDict(message.properties))
                if rewritten is not None:
                    message = copy.deepcopy(request)
                    message.properties.Clear()
                    json_format.ParseDict(rewritten, message.properties)
                    response.remediations.add(
                        policyName=rule.name,
                        policyPackName=NAME,
                        policyPackVersion=VERSION,
                        description=rule.title,
                        properties=message.properties,
                    )
        return response

    def _verdict(self, rule: Rule, check: Callable[[Subject], Outcomes], subject: Subject) -> Verdict:
        return Verdict(rule, self._level(rule), list(guarded(lambda: check(subject))))

    def _runs(self, policy: wire.Policy) -> bool:
        return self._level(policy) is not OFF

    def _level(self, policy: wire.Policy) -> EnforcementLevel:
        """The configured level, but waiting checks never block."""
        level = self._levels.get(policy.name, policy.level)
        if isinstance(policy, Rule):
            return self._pack.level(policy, level)
        return ADVISORY if policy is SUMMARY and level is not OFF else level

    def _configuration(self, rule: Rule) -> Configuration:
        return rule.configuration(self._settings.get(rule.name, {}))

    def _tell(self, response: analyzer_pb2.AnalyzeResponse, policy: wire.Policy, notices: list[Notice]) -> None:
        level = self._level(policy)
        shown = MANDATORY if level is REMEDIATE else level  # these findings are left after the rewriting
        response.diagnostics.extend(wire.diagnostic(policy, shown, notice) for notice in notices)


def serve(analyzer: analyzer_pb2_grpc.AnalyzerServicer) -> None:
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
