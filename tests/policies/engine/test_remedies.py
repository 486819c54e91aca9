"""The level `remediate`: rewritten resources pass; secrets, unknowns and properties with replacement stay as they are."""

from dataclasses import replace
from datetime import date

import pytest
from google.protobuf import json_format
from pulumi.runtime import proto

from slipway_policies.engine.exemptions import Exemption, Settings
from slipway_policies.engine.pack import Pack
from slipway_policies.engine.server import Analyzer
from slipway_policies.rules import all_rules, resource_rules
from slipway_sandbox.provider.services import all_resources
from tests.policies.rules.cases import CASES
from tests.support.policies.analyzer import NO_CONTEXT, UNKNOWN, analyze, configure, secret, start_pack, struct, urn
from tests.support.policies.samples import INSTANCE, QUEUE, REPOSITORY, SERVICE, Case, Props, statement

REMEDIES = {rule.name: rule.remedy for rule in resource_rules() if rule.remedy}
IMMUTABLE = {(rule.name, kind) for rule in resource_rules() for kind in rule.immutable}
CURABLE = [
    pytest.param(case, props, id=f"{case.rule}-{case.kind.rpartition(':')[2]}-{number}")
    for case in CASES
    for number, (props, starts) in enumerate(case.fails)
    if case.rule in REMEDIES
    and (case.rule, case.kind) not in IMMUTABLE
    and all(start.split(" ")[0] in REMEDIES[case.rule] and " not a" not in start for start in starts)
]
SCAN = "imageScanningConfiguration"


def remediating(rule: str, config: Props | None = None, pack: Pack | None = None) -> Analyzer:
    """The pack with one rule at the level remediate."""
    servicer = start_pack(pack)
    configure(servicer, {rule: config or {}}, proto.REMEDIATE)
    return servicer


def rewritten(servicer: Analyzer, kind: str, props: Props) -> list[dict[str, object]]:
    """The properties after each remediation, as they travel."""
    request = proto.AnalyzeRequest(type=kind, name="one", urn=urn(kind, "one"), properties=struct(props))
    return [json_format.MessageToDict(one.properties) for one in servicer.Remediate(request, NO_CONTEXT).remediations]


@pytest.mark.parametrize(("case", "props"), CURABLE)
def test_what_a_rule_rewrites_then_passes(case: Case, props: Props) -> None:
    servicer = remediating(case.rule, case.config)
    [better] = rewritten(servicer, case.kind, props)
    assert [one.rule for one in analyze(servicer, case.kind, better) if one.rule == case.rule] == []
    assert {**props, **better} == better


def test_a_resource_whose_every_change_replaces_is_not_rewritten() -> None:
    servicer = remediating("ec2-imdsv2-required")
    assert rewritten(servicer, "aws:ec2/launchConfiguration:LaunchConfiguration", {}) == []
    assert len(rewritten(servicer, INSTANCE, {})) == 1


def test_each_remedy_cures_a_case() -> None:
    assert {case.values[0].rule for case in CURABLE} == set(REMEDIES)  # type: ignore[union-attr]


def test_no_remedy_rewrites_a_property_whose_change_replaces() -> None:
    fixed = {one.token: one.immutable_properties() for one in all_resources()}
    touched = {
        (kind, path.partition(".")[0])
        for rule in resource_rules()
        for kind in filter(rule.mends, rule.types)
        for path in rule.remedy
    }
    known = {(kind, prop) for kind, prop in touched if kind in fixed}
    assert {(kind, prop) for kind, prop in known if prop in fixed[kind]} == set()
    assert len(known) > len(touched) / 2


def test_a_secret_beside_stays_a_secret() -> None:
    props = {"tags": secret({"owner": "hunter2"}), SCAN: {"scanOnPush": False, "note": secret("hunter2")}}
    [better] = rewritten(remediating("ecr-scan-on-push"), REPOSITORY, props)
    assert better == {"tags": secret({"owner": "hunter2"}), SCAN: {"scanOnPush": True, "note": secret("hunter2")}}


@pytest.mark.parametrize(
    "scan", [secret({"scanOnPush": False}), {"scanOnPush": secret(False)}, UNKNOWN, {"scanOnPush": UNKNOWN}]
)
def test_a_secret_or_an_unknown_is_left_as_it_is(scan: object) -> None:
    assert rewritten(remediating("ecr-scan-on-push"), REPOSITORY, {SCAN: scan}) == []


def test_two_rules_rewrite_one_after_another_and_numbers_nulls_and_unknowns_stay() -> None:
    servicer = start_pack()
    configure(servicer, {"sqs-queue-encrypted": {}, "sqs-long-polling": {}}, proto.REMEDIATE)
    props = {"sqsManagedSseEnabled": False, "delaySeconds": 1.5, "policy": UNKNOWN, "name": None}
    first, second = rewritten(servicer, QUEUE, props)
    assert first == props | {"sqsManagedSseEnabled": True}
    assert second == first | {"receiveWaitTimeSeconds": 20}


def test_nothing_is_rewritten_at_another_level_or_where_it_passes() -> None:
    assert rewritten(start_pack(), REPOSITORY, {}) == []
    assert rewritten(remediating("ecr-scan-on-push"), REPOSITORY, {SCAN: {"scanOnPush": True}}) == []


def test_an_exempted_resource_is_not_rewritten() -> None:
    pack = Pack(all_rules(), today=date(2026, 1, 1))
    servicer = remediating("ecr-scan-on-push", pack=pack)
    exemption = Exemption("ecr-scan-on-push", "*::one", "scanned elsewhere", "anna", date(2026, 1, 1))
    pack.settings = Settings(exemptions=(exemption,))
    assert rewritten(servicer, REPOSITORY, {}) == []
    pack.settings = Settings(exemptions=(replace(exemption, expires=date(2025, 12, 31)),))
    assert rewritten(servicer, REPOSITORY, {}) == [{SCAN: {"scanOnPush": True}}]


def test_a_rule_without_a_remedy_is_mandatory_at_that_level() -> None:
    servicer = remediating("sqs-policy-no-public")
    props = statement(Principal="*", Action="sqs:*", Resource="*")
    assert rewritten(servicer, QUEUE, props) == []
    assert {one.level for one in analyze(servicer, QUEUE, props) if one.rule == "sqs-policy-no-public"} == {"mandatory"}


def test_a_task_definition_is_never_rewritten_as_each_change_replaces_it() -> None:
    rewriting = {kind for rule in resource_rules() if rule.remedy for kind in rule.types}
    assert SERVICE in rewriting
    assert "aws:ecs/taskDefinition:TaskDefinition" not in rewriting
