"""Profiles and exemptions: effects, reports, refusals."""

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from pulumi.runtime import proto

from slipway_policies.data import lists
from slipway_policies.engine.exemptions import parse
from slipway_policies.engine.pack import Pack
from slipway_policies.engine.registry import ADVISORY, MANDATORY, OFF, PROFILES
from slipway_policies.engine.server import Analyzer
from slipway_policies.engine.values import Plain
from slipway_policies.rules import all_rules
from tests.support.policies.analyzer import (
    NO_CONTEXT,
    UNKNOWN,
    Node,
    Shown,
    analyze,
    analyze_stack,
    configure,
    start_pack,
    struct,
    urn,
)
from tests.support.policies.graph_samples import TARGETS
from tests.support.policies.samples import QUEUE, REPOSITORY, SERVICE

CONFIG = Path(__file__).parents[3] / "policies" / "config"
TODAY = datetime.date(2026, 11, 23)
PUBLIC = {"networkConfiguration": {"assignPublicIp": True}, "enableExecuteCommand": True}
ONE = {
    "rule": "ecs-service-no-public-ip",
    "urn": "*::one",
    "reason": "moves behind a load balancer in January",
    "owner": "anna@example.com",
    "expires": "2027-01-31",
}
LISTED = (
    "ecs-service-no-public-ip on *::one until 2027-01-31 (anna@example.com: moves behind a load balancer in January)"
)


def pack(**own: object) -> Analyzer:
    """The pack on a fixed day, with these settings of its own."""
    servicer = start_pack(Pack(all_rules(), today=TODAY))
    # As the engine does it: every rule at its own level, since it fills in what the config leaves out.
    told = {
        rule.name: proto.PolicyConfig(
            enforcementLevel={OFF: proto.DISABLED, MANDATORY: proto.MANDATORY, ADVISORY: proto.ADVISORY}[rule.level],
            properties=struct({}),
        )
        for rule in all_rules()
    }
    servicer.Configure(
        proto.ConfigureAnalyzerRequest(policyConfig=told | {"pack": proto.PolicyConfig(properties=struct(own))}),
        NO_CONTEXT,
    )
    return servicer


def texts(shown: list[Shown], rule: str) -> list[str]:
    """The rule's messages without its title."""
    return [one.message.splitlines()[1] for one in shown if one.rule == rule]


def test_an_exempted_finding_is_not_reported_but_listed_once_per_run() -> None:
    servicer = pack(exemptions=[ONE])
    for name in ("one", "two"):
        shown = analyze(servicer, SERVICE, PUBLIC, name)
        assert bool(texts(shown, "ecs-service-no-public-ip")) is (name == "two")
    told = analyze_stack(servicer)
    assert texts(told, "all-checks-done") == [f"1 finding is exempted: {LISTED}."]
    assert texts(told, "pack") == []


def test_an_exemption_covers_a_graph_rules_finding() -> None:
    servicer = pack(exemptions=[ONE | {"rule": "sqs-dlq-configured"}])
    assert texts(analyze_stack(servicer, Node(QUEUE, "one", {"name": "one"})), "sqs-dlq-configured") == []


def test_an_expired_exemption_exempts_nothing_and_is_reported() -> None:
    servicer = pack(exemptions=[ONE | {"expires": "2026-11-22"}])
    assert texts(analyze(servicer, SERVICE, PUBLIC), "ecs-service-no-public-ip")
    expired = LISTED.replace("2027-01-31", "2026-11-22")
    [text] = texts(analyze_stack(servicer), "pack")
    assert text == f"Expired: {expired}. Fix: clear the finding, or agree with the owner on a new date."


@pytest.mark.parametrize(
    "pattern", ["*::api", "urn:*::api", "urn:pulumi:dev::shop::aws:ecs/service:Service::*", "*Service*"]
)
def test_a_pattern_that_names_a_type_or_a_name_is_taken(pattern: str) -> None:
    servicer = pack(exemptions=[ONE | {"urn": pattern}])
    assert texts(analyze(servicer, SERVICE, PUBLIC, "api"), "ecs-service-no-public-ip") == []


def test_an_exemption_holds_through_its_last_day() -> None:
    servicer = pack(exemptions=[ONE | {"expires": str(TODAY)}])
    assert texts(analyze(servicer, SERVICE, PUBLIC), "ecs-service-no-public-ip") == []


def test_an_exemption_that_nothing_needs_is_reported() -> None:
    servicer = pack(exemptions=[ONE])
    analyze(servicer, SERVICE, {})
    assert texts(analyze_stack(servicer), "pack") == [f"Not needed: {LISTED}. Fix: remove it, or correct its urn."]


def test_an_exemption_whose_check_still_waits_may_be_needed() -> None:
    servicer = pack(exemptions=[ONE])
    analyze(servicer, SERVICE, {"networkConfiguration": UNKNOWN})
    assert texts(analyze_stack(servicer), "pack") == []


def test_a_profile_gives_each_rule_its_level() -> None:
    def levels(profile: str, **more: Any) -> Mapping[str, str]:
        servicer = pack(profile=profile, **more)
        resources = ((SERVICE, PUBLIC), (REPOSITORY, {"forceDelete": True}), (TARGETS, {"protocol": "HTTP"}))
        return {one.rule: one.level for kind, props in resources for one in analyze(servicer, kind, props)}

    assert levels("baseline")["ecs-service-no-public-ip"] == "mandatory"
    assert "ecs-service-exec-disabled" not in levels("baseline")
    assert levels("prod")["ecs-service-exec-disabled"] == "advisory"
    assert "ecs-service-exec-disabled" not in levels("prod", keepBaseline=["ecs-service-exec-disabled"])
    assert set(levels("cis")) == set()
    assert levels("fsbp")["tg-protocol-encrypted"] == "advisory"
    assert "ecr-cmk-encryption" not in levels("fsbp"), "ECR.5 is of another standard of Security Hub"
    assert "ecr-no-force-delete" not in levels("fsbp")


def test_a_level_in_the_config_wins_over_the_profile() -> None:
    servicer = start_pack(Pack(all_rules(), today=TODAY))
    configure(servicer, {"pack": {"profile": "fsbp"}, "ecs-service-exec-disabled": {}}, proto.MANDATORY)
    assert "ecs-service-exec-disabled" in {one.rule for one in analyze(servicer, SERVICE, PUBLIC)}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_never_laxer_than_its_controls(profile: str) -> None:
    asked = [rule for rule in all_rules() if any(one.startswith(f"{profile.upper()} ") for one in rule.controls)]
    assert all(rule.level_in(profile) is not OFF for rule in asked)
    assert profile in ("baseline", "prod") or len(asked) >= 14


def test_production_is_never_laxer_than_the_baseline() -> None:
    order = [OFF, ADVISORY, MANDATORY]
    assert all(order.index(rule.production) >= order.index(rule.level) for rule in all_rules())


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"profile": "production"}, "pack.profile must be one of baseline, prod, cis, fsbp, got 'production'"),
        (
            {"keepBaseline": ["ecr-scan-on-pus"]},
            "pack.keepBaseline: there is no rule 'ecr-scan-on-pus'; did you mean 'ecr-scan-on-push'?",
        ),
        (
            {"exemptions": [ONE | {"rule": "ecs-service-no-public-ips"}]},
            "pack.exemptions[0] there is no rule 'ecs-service-no-public-ips'; did you mean 'ecs-service-no-public-ip'?",
        ),
        (
            {"exemptions": [{key: value for key, value in ONE.items() if key not in ("reason", "owner")}]},
            "pack.exemptions[0] lacks reason, owner; say which rule and resources, why, who answers for it, and until "
            "when",
        ),
        (
            {"exemptions": [ONE | {"until": "2027-01-31"}]},
            "pack.exemptions[0] has no until; it has rule, urn, reason, owner, expires",
        ),
        (
            {"exemptions": [ONE | {"urn": 5, "owner": 7}]},
            "pack.exemptions[0] needs text in urn, owner, in quotes",
        ),
        *(
            (
                {"exemptions": [ONE | {"urn": urn}]},
                "pack.exemptions[0] is for every resource; name some in urn, such as *::api-lb, or set the rule to disabled",
            )
            for urn in ("*::*", "urn:*", "urn:pulumi:dev::*", "urn:pulumi:dev::shop::*", "urn:pulumi:dev::shop::*::?")
        ),
        (
            {"exemptions": [ONE | {"urn": "**"}]},
            "pack.exemptions[0] is for every resource; name some in urn, such as *::api-lb, or set the rule to disabled",
        ),
        (
            {"exemptions": [ONE | {"expires": "next year"}]},
            "pack.exemptions[0] expires must be a date such as 2027-03-31, got 'next year'",
        ),
    ],
)
def test_a_mistake_in_the_packs_settings_is_told_with_its_place(own: dict[str, Any], expected: str) -> None:
    assert parse(own, all_rules())[1] == [f"policy config: {expected}"]


class Refusal:
    """The part of a gRPC context for Configure."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise ValueError(f"{code.name} {details}")


def test_all_and_a_profile_exclude_each_other() -> None:
    told = {
        "all": proto.PolicyConfig(enforcementLevel=proto.ADVISORY),
        "pack": proto.PolicyConfig(properties=struct({"profile": "prod"})),
    }
    with pytest.raises(ValueError, match=r"INVALID_ARGUMENT policy config: set all or pack\.profile, got both"):
        start_pack().Configure(
            proto.ConfigureAnalyzerRequest(policyConfig=told), cast("grpc.ServicerContext", Refusal())
        )


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_each_stack_on_aws_has_a_config_that_the_pack_takes(stack: str) -> None:
    given = json.loads((CONFIG / f"{stack}.json").read_text())
    told = {
        name: {} if isinstance(one, str) else {key: it for key, it in one.items() if key != "enforcementLevel"}
        for name, one in given.items()
    }
    configure(start_pack(), told)


def test_an_exemption_matches_by_star_and_question_mark_only() -> None:
    [exemption] = parse({"exemptions": [dict[str, Plain](ONE | {"urn": "*::[o]ne?"})]}, all_rules())[0].exemptions
    assert exemption.covers(ONE["rule"], urn(SERVICE, "[o]ne1"))
    assert not exemption.covers(ONE["rule"], urn(SERVICE, "one1"))
    assert not exemption.covers("ecr-scan-on-push", urn(SERVICE, "[o]ne1"))


def test_lists_that_were_checked_too_long_ago_are_reported() -> None:
    assert texts(analyze_stack(start_pack(Pack(all_rules(), today=TODAY))), "all-checks-done") == []
    later = texts(analyze_stack(start_pack(Pack(all_rules(), today=datetime.date(2027, 6, 1)))), "all-checks-done")
    assert later == ["The pack's list eks_versions was checked on 2026-04-24. Fix: take a newer version of the pack."]


def test_each_list_says_where_it_is_from_and_what_was_read() -> None:
    assert set(lists.LISTS) == {path.stem for path in lists.FOLDER.glob("*.json")}
    for read in lists.LISTS.values():
        assert read()["source"].startswith(("https://docs.aws.amazon.com/", "https://aws.amazon.com/"))
        assert read()["read"].endswith(".")


def test_each_price_says_where_it_was_read() -> None:
    prices = lists.prices()
    priced = {*prices["usd_per_hour"], *prices["usd_per_month"], "usd_per_hour_by_instance_type"}
    priced |= {"fargate_spot_most_discount"}
    assert set(prices["read_where"]) == priced
