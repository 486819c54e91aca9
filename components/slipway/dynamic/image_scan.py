"""A gate on what ECR's scan finds in an image: the update fails before anything takes the image.

A dynamic resource, as the verdict is (ADR 0003): findings are there only after the push. It asks again when the image or
what is asked of it changes, not at every run, so a vulnerability that becomes known later stops no update of other things.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import dynamic

from .engine_calls import end_without_traceback, progress_to
from .image_config import ECR_HOST, REFERENCE
from .image_question import ImageQuestionProvider

POLL_SECONDS = 5.0
LIMIT_SECONDS = 600.0
SHOWN_FINDINGS = 5
READY = ("COMPLETE", "ACTIVE")  # of basic and of enhanced scanning
UNDER_WAY = ("IN_PROGRESS", "PENDING")


class ImageRefusedError(pulumi.RunError):
    """The image does not pass; the message says why."""


@dataclass(frozen=True)
class Finding:
    """One vulnerability in one package."""

    name: str
    severity: str
    package: str


class ImageScanProvider(ImageQuestionProvider):
    """Waits for the scan of an image."""

    def ask(self, props: dict[str, Any]) -> None:
        """End the call with what was found, or that nothing is known, or pass."""
        import boto3  # noqa: PLC0415 - 0.2 s that a program, which only declares this resource, does not need
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        host = ECR_HOST.fullmatch(props["image"].partition("/")[0])
        try:
            session = boto3.session.Session(profile_name=self.profile, region_name=host["region"] if host else None)
            await_scan(session.client("ecr"), props, progress_to(""), time.sleep)
        except ImageRefusedError as error:
            end_without_traceback(str(error))
        except (BotoCoreError, ClientError) as error:
            end_without_traceback(f"{props['who']}: the findings in {props['image']} cannot be read: {error}")


class ImageScan(dynamic.Resource, module="slipway", name="ImageScan"):
    """Exists once the image has passed."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(ImageScanProvider(), name, props, opts)


def scanned(
    who: str,
    name: str,
    image: pulumi.Output[str],
    severities: Sequence[str],
    accepted: Sequence[str],
    child: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """The image, once its scan has passed."""
    asked = {"who": who, "image": image, "severities": list(severities), "accepted": sorted(accepted)}
    gate = ImageScan(f"{name}-scan", asked, child)
    return pulumi.Output.all(image, gate.urn).apply(lambda values: str(values[0]))


def await_scan(ecr: Any, props: Mapping[str, Any], say: Callable[[str], None], pause: Callable[[float], None]) -> None:
    """Ask until the scan is over. Raises ImageRefusedError when it finds too much, fails, or does not end."""
    who, image = props["who"], props["image"]
    parts = REFERENCE.fullmatch(image)
    if parts is None or not parts["digest"]:
        raise ImageRefusedError(f"{who}: fail_on_severity needs an image in ECR by digest, got {image!r}")
    asked: dict[str, Any] = {"repositoryName": parts["name"], "imageId": {"imageDigest": parts["digest"]}}
    if host := ECR_HOST.fullmatch(parts["host"]):
        asked["registryId"] = host["account"]
    waited = 0.0
    while True:
        status, why, found = answer(ecr, asked)
        if status in READY:
            break
        if status not in UNDER_WAY:
            reason = f"{status}: {why}" if why else status
            raise ImageRefusedError(
                f"{who}: {image} could not be scanned, {reason}; without fail_on_severity it is taken"
            )
        if waited >= LIMIT_SECONDS:
            fix = "turn on scan on push, or see the repository in the console"
            raise ImageRefusedError(f"{who}: {image} was not scanned within {waited:.0f} s; {fix}")
        say(f"the scan of {image} is {status} ({waited:.0f} of at most {LIMIT_SECONDS:.0f} s)")
        pause(POLL_SECONDS)
        waited += POLL_SECONDS
    if refused := [it for it in found if it.severity in props["severities"] and it.name not in props["accepted"]]:
        raise ImageRefusedError(report(who, image, refused, props["severities"]))


def answer(ecr: Any, asked: Mapping[str, Any]) -> tuple[str, str, list[Finding]]:
    """Status of a scan, what ECR says of it, and its findings; one that has not begun is pending."""
    found: list[Finding] = []
    page: dict[str, Any] = {}
    while True:
        try:
            reply = ecr.describe_image_scan_findings(**asked, **page)
        except ecr.exceptions.ScanNotFoundException:
            return "PENDING", "", []
        found += findings(reply.get("imageScanFindings") or {})
        if not reply.get("nextToken"):
            status = reply["imageScanStatus"]
            return status["status"], status.get("description", ""), found
        page = {"nextToken": reply["nextToken"]}


def findings(reply: Mapping[str, Any]) -> Iterator[Finding]:
    """Findings of basic and of enhanced scanning, which ECR answers in two shapes."""
    for it in reply.get("findings") or []:
        attributes = {pair["key"]: pair.get("value", "") for pair in it.get("attributes") or []}
        yield Finding(
            it["name"], it["severity"], spell(attributes.get("package_name"), attributes.get("package_version"))
        )
    for it in reply.get("enhancedFindings") or []:
        details = it.get("packageVulnerabilityDetails") or {}
        package = (details.get("vulnerablePackages") or [{}])[0]
        name = details.get("vulnerabilityId") or it.get("title", "")
        yield Finding(name, it["severity"], spell(package.get("name"), package.get("version")))


def spell(package: str | None, version: str | None) -> str:
    """A package with its version, as far as they are known."""
    return " ".join(filter(None, (package, version)))


def report(who: str, image: str, refused: Collection[Finding], severities: Sequence[str]) -> str:
    """What was found, the worst first."""
    counts = Counter(it.severity for it in refused)
    summary = ", ".join(f"{counts[severity]} {severity}" for severity in severities if counts[severity])
    worst = sorted(refused, key=lambda it: (severities.index(it.severity), it.name))
    lines = [f"{who}: the scan of {image} found {summary}"]
    lines += [f"  {it.name} {it.severity} {it.package}".rstrip() for it in worst[:SHOWN_FINDINGS]]
    if len(worst) > SHOWN_FINDINGS:
        lines.append(f"  and {len(worst) - SHOWN_FINDINGS} more")
    return "\n".join([*lines, "  fix: a newer base image or package; what you live with goes into accepted_findings"])
