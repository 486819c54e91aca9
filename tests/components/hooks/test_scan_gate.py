"""The gate on scan findings: what it waits for, what it refuses, and how it says so."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pulumi
import pytest

from slipway.common import Context
from slipway.hooks._scan_findings import ScanReply
from slipway.hooks._scan_gate import GET_CALLER, Acceptance, ImageRefusedError, ask_ecr, await_scan
from tests.support.components.mocks import ANSWERS, build
from tests.support.components.service_samples import IMAGE

WANTED = Acceptance("ContainerImage 'app'", IMAGE, ["CRITICAL", "HIGH"], ["CVE-3"])


class NotScannedError(Exception):
    """What boto3 raises for an image that no scan has begun of."""


def reply(status: str, *findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"imageScanStatus": {"status": status}, "imageScanFindings": {"findings": list(findings)}, **more}


def finding(name: str, severity: str, package: str = "") -> dict[str, Any]:
    attributes = [{"key": "package_name", "value": package}, {"key": "package_version", "value": "1.0"}]
    return {"name": name, "severity": severity, "attributes": attributes if package else []}


class Ecr:
    """Answers with one reply after another, the last one for ever."""

    exceptions = SimpleNamespace(ScanNotFoundException=NotScannedError)

    def __init__(self, *replies: dict[str, Any] | None) -> None:
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []
        self.said: list[str] = []

    def describe_image_scan_findings(self, **request: object) -> ScanReply:
        self.asked.append(request)
        answer = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if answer is None:
            raise NotScannedError
        return cast("ScanReply", answer)

    def wait(self, **props: Any) -> list[float]:
        """Wait for the scan without waiting; the pauses that it would have made."""
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        asyncio.run(await_scan(self, replace(WANTED, **props), self.said.append, pause))
        return pauses

    def refusal(self, **props: Any) -> str:
        with pytest.raises(ImageRefusedError) as caught:
            self.wait(**props)
        return str(caught.value)


def test_an_image_passes_once_its_scan_is_over_and_found_nothing_that_counts() -> None:
    low = finding("CVE-1", "LOW")
    ecr = Ecr(None, reply("IN_PROGRESS"), reply("PENDING"), reply("COMPLETE", low, finding("CVE-3", "HIGH")))
    assert ecr.wait() == [5.0, 5.0, 5.0]
    assert ecr.said[1] == f"the scan of {IMAGE} is IN_PROGRESS (5 of at most 600 s)"
    assert ecr.asked[0] == {
        "registryId": "123456789012",
        "repositoryName": "shop/api",
        "imageId": {"imageDigest": f"sha256:{'a' * 64}"},
    }
    assert Ecr(reply("ACTIVE")).wait() == []


def test_what_is_found_is_counted_and_the_worst_is_named() -> None:
    found = [finding(f"CVE-{number}", "HIGH", "zlib") for number in (15, 14, 13, 12, 11)]
    ecr = Ecr(
        reply("COMPLETE", *found[:2], nextToken="2"), reply("COMPLETE", *found[2:], finding("CVE-20", "CRITICAL"))
    )
    assert ecr.refusal().splitlines() == [
        f"ContainerImage 'app': the scan of {IMAGE} found 1 CRITICAL, 5 HIGH",
        "  CVE-20 CRITICAL",
        "  CVE-11 HIGH zlib 1.0",
        "  CVE-12 HIGH zlib 1.0",
        "  CVE-13 HIGH zlib 1.0",
        "  CVE-14 HIGH zlib 1.0",
        "  and 1 more",
        "  fix: a newer base image or package; what you live with goes into accepted_findings",
    ]
    assert ecr.asked[1]["nextToken"] == "2"


def test_enhanced_findings_are_read_as_well() -> None:
    details = {"vulnerabilityId": "CVE-7", "vulnerablePackages": [{"name": "openssl", "version": "3.0"}]}
    found = [{"severity": "HIGH", "packageVulnerabilityDetails": details}, {"severity": "CRITICAL", "title": "Leak"}]
    answer = {"imageScanStatus": {"status": "ACTIVE"}, "imageScanFindings": {"enhancedFindings": found}}
    assert Ecr(answer).refusal().splitlines()[1:3] == ["  Leak CRITICAL", "  CVE-7 HIGH openssl 3.0"]


def test_an_image_that_is_not_scanned_does_not_pass() -> None:
    failed = {"imageScanStatus": {"status": "UNSUPPORTED_IMAGE", "description": "no package manager"}}
    taken = "without fail_on_severity it is taken"
    assert Ecr(failed).refusal() == (
        f"ContainerImage 'app': {IMAGE} could not be scanned, UNSUPPORTED_IMAGE: no package manager; {taken}"
    )
    assert Ecr(reply("FAILED")).refusal() == f"ContainerImage 'app': {IMAGE} could not be scanned, FAILED; {taken}"
    assert Ecr(None).refusal() == (
        f"ContainerImage 'app': {IMAGE} was not scanned within 600 s; "
        "turn on scan on push, or see the repository in the console"
    )
    assert Ecr(None).refusal(image="shop:1") == (
        "ContainerImage 'app': fail_on_severity needs an image in ECR by digest, got 'shop:1'"
    )


def unread(account_id: str, role_arn: str = "") -> str:
    """The reason for findings that cannot be read, where the provider is of this account."""
    context = Context(WANTED.who, "app", None, pulumi.ResourceOptions())
    answers = {**ANSWERS, GET_CALLER: {"accountId": account_id}}
    with pytest.raises(pulumi.RunError) as caught:
        build(lambda: pulumi.Output.from_input(ask_ecr(context, WANTED, role_arn)), answers)
    start, _, rest = str(caught.value).partition(" cannot be read: ")
    assert start == f"ContainerImage 'app': the findings in {IMAGE}"
    reason, _, fix = rest.rpartition("; ")
    assert fix == (
        "give credentials of that account with ecr:DescribeImageScanFindings, in the environment or by scan_role_arn"
    )
    return reason


def test_findings_are_read_with_credentials_of_the_provider_s_account_alone(
    credentials: None, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    elsewhere = "the credentials are of account 123456789012, not of 111122223333"
    assert unread("111122223333") == elsewhere
    # The account of the image has no such repository, and is asked: by the environment, and by the role.
    missing = "The repository with name 'shop/api' does not exist in the registry with id '123456789012'"
    assert unread("123456789012").endswith(missing)
    assert unread("111122223333", "arn:aws:iam::123456789012:role/reader").endswith(missing)


def test_a_profile_that_is_not_there_is_said_in_one_sentence(credentials: None) -> None:
    pulumi.runtime.set_config("aws:profile", "lost")
    try:
        assert unread("123456789012") == "The config profile (lost) could not be found"
    finally:
        pulumi.runtime.config.CONFIG.get().pop("aws:profile")
