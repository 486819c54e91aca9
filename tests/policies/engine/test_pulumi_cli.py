"""The pack on the real CLI: as a directory and as an installed program, it catches a broken stack and passes a good one."""

import json
from pathlib import Path

import pytest

from slipway_policies.location import pack_path
from tests.support.policies.pulumi_cli import PACK, STACK, cli, run
from tests.support.policies.samples import SERVICE

FORMS = pytest.mark.parametrize("pack", [PACK, Path(str(pack_path()))], ids=["directory", "program"])

pytestmark = pytest.mark.engine


PROGRAM = """\
import asyncio
import pulumi

later = pulumi.Output(set(), asyncio.sleep(0), asyncio.sleep(0, result=False))
public = {"assignPublicIp": True}
pulumi.ComponentResource("aws:ecs/service:Service", "api", {"networkConfiguration": public, "key": "hunter2-canary"})
pulumi.ComponentResource("aws:cloudwatch/logGroup:LogGroup", "api", {"retentionInDays": later})
"""  # components may bear a provider's type, and need no provider


@FORMS
def test_a_public_service_is_stopped_with_the_property_and_the_fix(tmp_path: Path, pack: Path) -> None:
    result = run(tmp_path, pack, {"networkConfiguration": {"assignPublicIp": True}}, "--json")
    assert result.returncode != 0
    events = [json.loads(line)["policyEvent"] for line in result.stdout.splitlines() if "policyEvent" in line]
    [event] = [event for event in events if event["policyName"] == "ecs-service-no-public-ip"]
    assert event["resourceUrn"] == f"{STACK}{SERVICE}::api"
    assert event["enforcementLevel"] == "mandatory"
    assert "networkConfiguration.assignPublicIp is true" in event["message"]
    assert event["policyPackVersion"] == "0.1.0"


@FORMS
def test_a_private_service_with_a_circuit_breaker_passes(tmp_path: Path, pack: Path) -> None:
    props = {
        "networkConfiguration": {"assignPublicIp": False},
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "propagateTags": "SERVICE",
        "enableEcsManagedTags": True,
    }
    result = run(tmp_path, pack, props, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert "policyEvent" not in result.stdout


def test_a_mistyped_rule_name_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"ecs-service-no-public-ips": "disabled"}')
    result = run(tmp_path, PACK, {}, "--policy-pack-config", str(config))
    assert result.returncode != 0
    assert (
        "policy config: there is no rule 'ecs-service-no-public-ips'; did you mean 'ecs-service-no-public-ip'?"
        in result.stderr
    )


def test_a_profile_and_an_exemption_of_the_config_file_reach_the_pack(tmp_path: Path) -> None:
    exemption = {
        "rule": "ecs-service-no-public-ip",
        "urn": "*::api",
        "reason": "stands in for a load balancer",
        "owner": "anna@example.com",
        "expires": "9999-12-31",
    }
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"pack": {"profile": "prod", "exemptions": [exemption]}}))
    public = {"networkConfiguration": {"assignPublicIp": True}, "enableExecuteCommand": True}
    result = run(tmp_path, PACK, public, "--policy-pack-config", str(config), "--json")
    events = [json.loads(line)["policyEvent"] for line in result.stdout.splitlines() if "policyEvent" in line]
    assert result.returncode == 0, result.stdout + result.stderr
    found = {event["policyName"]: event["message"] for event in events}
    assert "ecs-service-exec-disabled" in found
    assert "1 finding is exempted: ecs-service-no-public-ip on *::api until 9999-12-31" in found["all-checks-done"]


def test_a_remediation_is_shown_with_what_it_sets(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"ecs-service-exec-disabled": "remediate"}')
    result = run(tmp_path, PACK, {"enableExecuteCommand": True}, "--policy-pack-config", str(config), "--json")
    events = [json.loads(line) for line in result.stdout.splitlines() if "policyRemediationEvent" in line]
    [event] = [event["policyRemediationEvent"] for event in events]
    assert (event["policyName"], event["after"]["enableExecuteCommand"]) == ("ecs-service-exec-disabled", False)


def test_a_preview_is_stopped_and_says_in_one_line_what_waits(tmp_path: Path) -> None:
    options = {"virtualenv": str(PACK.parent / ".venv")}
    project = {"name": "shop", "runtime": {"name": "python", "options": options}}
    (tmp_path / "Pulumi.yaml").write_text(json.dumps(project))
    (tmp_path / "__main__.py").write_text(PROGRAM)
    assert cli(tmp_path, "stack", "init", "dev").returncode == 0
    result = cli(tmp_path, "preview", "--policy-pack", str(PACK), "--non-interactive")
    assert result.returncode != 0
    assert "networkConfiguration.assignPublicIp is true" in result.stdout
    assert "1 check waits for `pulumi up`, as values are not known during preview: log-group-retention 1." in (
        result.stdout
    )
    assert "hunter2" not in result.stdout + result.stderr
