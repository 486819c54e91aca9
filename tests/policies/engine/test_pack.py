"""The machinery around the rules: guard, summary, configuration, one reading per resource, generated list."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent import futures
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel

from slipway_policies.engine import pack as pack_module
from slipway_policies.engine import server
from slipway_policies.engine.pack import Pack
from slipway_policies.engine.registry import Deferred, Finding, Outcomes, Rule
from slipway_policies.engine.resources import Configuration, Resource
from slipway_policies.engine.values import UNKNOWN as NOT_KNOWN
from slipway_policies.engine.values import UnreadableError, Value, thaw_members
from slipway_policies.location import pack_path
from slipway_policies.report import rules_md
from slipway_policies.rules import all_rules, resource_rules
from tests.support.policies.analyzer import UNKNOWN, analyze, analyze_stack, configure, start_pack, struct, urn
from tests.support.policies.samples import LOG_GROUP, QUEUE, SERVICE

PACK = Path(__file__).parents[3] / "policies"
PUBLIC = {"networkConfiguration": {"assignPublicIp": True}}
TEMPLATE = next(rule for rule in resource_rules() if rule.name == "ecs-service-no-public-ip")


def faulty(_: Resource) -> Outcomes:
    """Finds something, then raises with a secret in its text."""
    yield Finding("first", "is found")
    raise KeyError("hunter2")


def waiting(_: Resource) -> Outcomes:
    """Waits twice for one resource."""
    yield Deferred("a")
    yield Deferred("b")


def with_rule(check: Any, **changes: Any) -> Pack:
    """A pack of one rule."""
    return Pack([replace(TEMPLATE, check=check, **changes)])


def test_a_finding_is_title_path_problem_and_fix() -> None:
    [shown] = [one for one in analyze(start_pack(), SERVICE, PUBLIC) if one.rule == "ecs-service-no-public-ip"]
    assert shown.level == "mandatory"
    assert shown.message == (
        "Tasks of ECS services have no public IP address.\n"
        "networkConfiguration.assignPublicIp is true, so each task has an address on the internet. Fix: set "
        "networkConfiguration.assignPublicIp to false and use private subnets with a NAT gateway or endpoints, as "
        "slipway's FargateService and QueueWorker do."
    )


def test_a_rule_that_raises_keeps_its_findings_and_is_named_without_the_error_text() -> None:
    servicer = start_pack(with_rule(faulty))
    [found] = analyze(servicer, SERVICE, {})
    assert found.message.startswith("Tasks of ECS services have no public IP address.\nfirst is found. Fix: ")
    [crash] = analyze_stack(servicer)
    assert (crash.rule, crash.level, crash.urn) == ("all-checks-done", "advisory", urn(SERVICE, "one"))
    text = crash.message.splitlines()[1]
    assert text.startswith("ecs-service-no-public-ip failed here (KeyError at test_pack.py:")
    assert text.endswith("all other rules ran. Fix: report this line to the pack's maintainers.")
    assert "hunter2" not in text


def test_waiting_checks_are_one_line_and_forgotten_after_it() -> None:
    servicer = start_pack(with_rule(waiting))
    for name in ("one", "two"):
        assert analyze(servicer, SERVICE, {}, name) == []
    [shown] = analyze_stack(servicer)
    assert shown.message.splitlines()[1] == (
        "2 checks wait for `pulumi up`, as values are not known during preview: ecs-service-no-public-ip 2."
    )
    assert analyze_stack(servicer) == []


def test_what_waited_in_the_preview_is_judged_in_the_update() -> None:
    servicer = start_pack()
    assert analyze(servicer, LOG_GROUP, {"retentionInDays": UNKNOWN}) == []
    assert analyze(servicer, LOG_GROUP, {"retentionInDays": 7}) == []
    assert analyze_stack(servicer) == []


def test_settings_and_levels_come_from_the_config() -> None:
    servicer = start_pack()
    configure(servicer, {"log-group-retention": {"minimumDays": 365}}, proto.MANDATORY)
    [shown] = analyze(servicer, LOG_GROUP, {"retentionInDays": 30})
    assert shown.level == "mandatory"
    assert "retentionInDays is below the 365 days of minimumDays in the policy config" in shown.message


def test_a_disabled_rule_says_nothing() -> None:
    servicer = start_pack()
    configure(servicer, {"sqs-queue-encrypted": {}}, proto.DISABLED)
    shown = analyze(servicer, QUEUE, {"sqsManagedSseEnabled": False})
    assert [one for one in shown if one.rule == "sqs-queue-encrypted"] == []


def test_waiting_checks_never_block_even_when_all_is_mandatory() -> None:
    servicer = start_pack(with_rule(waiting))
    configure(servicer, {"all": {}, "ecs-service-no-public-ip": {}, "all-checks-done": {}}, proto.MANDATORY)
    analyze(servicer, SERVICE, {})
    assert [one.level for one in analyze_stack(servicer)] == ["advisory"]


def test_a_resource_is_read_once_for_all_rules_of_its_type() -> None:
    seen: list[int] = []

    def look(resource: Resource) -> Outcomes:
        seen.append(id(resource.props))
        yield from ()

    two = [replace(TEMPLATE, name=name, check=look) for name in ("one", "two")]
    analyze(start_pack(Pack(two)), SERVICE, PUBLIC)
    analyze(start_pack(Pack(two)), QUEUE, {})
    assert len(seen) == 2
    assert len(set(seen)) == 1


@pytest.fixture
def channel() -> Iterator[grpc.Channel]:
    """A connection to the pack's analyzer, as the engine has."""
    running = grpc.server(futures.ThreadPoolExecutor(2))
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(server.Analyzer(Pack(all_rules())), running)
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as connected:
        yield connected
    running.stop(grace=5).wait()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"sg-no-ingres-ssh": {}},
            "policy config: there is no rule 'sg-no-ingres-ssh'; did you mean 'sg-no-ingress-ssh'?",
        ),
        ({"quux": {}}, "policy config: there is no rule 'quux'; RULES.md lists them all"),
        (
            {"log-group-retention": {"minimumDay": 1}},
            "policy config: rule 'log-group-retention' has no setting 'minimumDay'; did you mean 'minimumDays'?",
        ),
        (
            {"log-group-retention": {"quux": 1}},
            "policy config: rule 'log-group-retention' has no setting 'quux'; it has minimumDays",
        ),
        (
            {"ecr-scan-on-push": {"quux": 1}},
            "policy config: rule 'ecr-scan-on-push' has no setting 'quux'; it has none, only enforcementLevel",
        ),
    ],
)
def test_a_mistyped_config_is_refused_with_a_suggestion(
    channel: grpc.Channel, config: dict[str, dict[str, object]], expected: str
) -> None:
    request = proto.ConfigureAnalyzerRequest(
        policyConfig={name: proto.PolicyConfig(properties=struct(props)) for name, props in config.items()}
    )
    with pytest.raises(grpc.RpcError) as refused:
        analyzer_pb2_grpc.AnalyzerStub(channel).Configure(request)
    assert refused.value.details() == expected


def test_the_engine_is_told_every_rule_with_its_level_and_severity(channel: grpc.Channel) -> None:
    info = analyzer_pb2_grpc.AnalyzerStub(channel).GetAnalyzerInfo(empty_pb2.Empty())
    told = {policy.name: policy for policy in info.policies}
    assert list(told) == [*(rule.name for rule in all_rules()), "all-checks-done", "pack"]
    ssh = told["sg-no-ingress-ssh"]
    assert (ssh.enforcementLevel, ssh.severity) == (proto.MANDATORY, proto.POLICY_SEVERITY_CRITICAL)
    assert dict(told["log-group-retention"].configSchema.properties["minimumDays"])["default"] == 1
    assert info.supportsConfig
    assert (ssh.policy_type, told["sqs-dlq-configured"].policy_type) == (
        proto.PolicyType.POLICY_TYPE_RESOURCE,
        proto.PolicyType.POLICY_TYPE_STACK,
    )
    [rule] = [rule for rule in all_rules() if rule.name == "sg-no-ingress-ssh"]
    assert (ssh.description, ssh.remediation_steps, ssh.url) == (rule.title, rule.fix, rule.link)
    assert tuple(ssh.tags) == rule.controls


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_a_rule_explains_itself(rule: Rule) -> None:
    assert rule.title.endswith(".")
    assert rule.fix[-1] not in ". "
    assert rule.link.startswith("https://docs.aws.amazon.com/")
    assert rule.level in (EnforcementLevel.ADVISORY, EnforcementLevel.MANDATORY, EnforcementLevel.DISABLED)
    assert EnforcementLevel.REMEDIATE is not rule.production
    assert all({"type", "default", "description"} <= schema.keys() for schema in rule.settings.values())


def test_rules_md_is_fresh() -> None:
    assert (PACK / "RULES.md").read_text() == rules_md.render(all_rules()), "run `make docs`"


def test_the_version_is_the_one_that_the_cli_shows() -> None:
    project = yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text())
    assert project["version"] == pack_module.VERSION


def test_reading_on_from_unknown_is_unknown_and_from_absent_absent() -> None:
    resource = Resource("t", "n", "u", thaw_members({"known": {"deep": 1.0}, "later": UNKNOWN, "null": None}))
    assert resource["known"]["deep"] == Value(1, "known.deep")
    assert resource["later"]["deep"] == Value(NOT_KNOWN, "later.deep")
    assert resource["null"]["deep"] == Value(None, "null.deep")
    assert resource["gone"]["deep"] == Value(None, "gone.deep")
    with pytest.raises(UnreadableError, match=r"known\.deep is not an object"):
        resource["known"]["deep"]["deeper"]


def test_a_document_is_parsed_once() -> None:
    resource = Resource("t", "n", "u", thaw_members({"policy": '{"a": 1}'}))
    assert resource.document("policy").raw is resource.configured(Configuration({"x": 1})).document("policy").raw


def test_the_pack_starts_without_the_aws_sdk_which_takes_a_second_to_import() -> None:
    script = (
        "import sys, slipway_policies.plugin, slipway_policies.rules as rules; rules.all_rules(); "
        "print(sorted({'pulumi_aws', 'boto3'} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=PACK, check=True)
    assert result.stdout.strip() == "[]"


def test_the_program_of_the_pack_started_by_hand_says_how_to_use_it() -> None:
    result = subprocess.run([str(pack_path())], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "slipway-policy-pack: the Pulumi engine starts this program; run: "
        'pulumi preview --policy-pack "$(slipway policies path)"\n'
    )
