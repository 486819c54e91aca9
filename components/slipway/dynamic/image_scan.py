"""A gate on the findings of ECR's scan of an image: bad findings fail the update before a task uses the image.

A dynamic resource, like the verdict (ADR 0003): findings exist only after the push. It asks again when the image or the
accepted findings change, not at every run, so a vulnerability published later stops no update of other resources.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi
from pulumi import dynamic

from slipway.common import Context, ecr_host

from ._engine_calls import end_without_traceback, progress_to
from ._image_config import REFERENCE
from ._scan_findings import Ecr, read_scan, report
from .image_question import ImageQuestionProvider

POLL_SECONDS = 5.0
LIMIT_SECONDS = 600.0
READY = ("COMPLETE", "ACTIVE")  # of basic and of enhanced scanning
UNDER_WAY = ("IN_PROGRESS", "PENDING")


class ImageRefusedError(pulumi.RunError):
    """The image does not pass; the message gives the reason."""


@dataclass(frozen=True)
class Acceptance:
    """An image, and the findings that keep it out."""

    who: str
    """Component and name, as error sentences begin."""
    image: str
    severities: Sequence[str]
    """Severities that keep the image out, the worst first."""
    accepted: Sequence[str]
    """Names of findings that count for nothing."""

    @classmethod
    def of(cls, props: Mapping[str, object]) -> "Acceptance":
        """The inputs of an ImageScan."""
        severities, accepted = cast("Sequence[str]", props["severities"]), cast("Sequence[str]", props["accepted"])
        return cls(str(props["who"]), str(props["image"]), severities, accepted)


class ImageScanProvider(ImageQuestionProvider):
    """Waits for the scan of an image."""

    def ask(self, props: Mapping[str, object]) -> None:
        """Return when the image passes; else end the call with the findings, or with the reason for having none."""
        import boto3  # noqa: PLC0415 - 0.2 s; a program only declares this resource and does not need it
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        wanted = Acceptance.of(props)
        host = ecr_host(wanted.image.partition("/")[0])
        try:
            session = boto3.session.Session(profile_name=self.profile, region_name=host.region if host else None)
            await_scan(session.client("ecr"), wanted, progress_to(""), time.sleep)
        except ImageRefusedError as error:
            end_without_traceback(str(error))
        except (BotoCoreError, ClientError) as error:
            end_without_traceback(f"{wanted.who}: the findings in {wanted.image} cannot be read: {error}")


class ImageScan(dynamic.Resource, module="slipway", name="ImageScan"):
    """Exists once the image has passed."""

    def __init__(self, name: str, props: Mapping[str, pulumi.Input[object]], opts: pulumi.ResourceOptions) -> None:
        super().__init__(ImageScanProvider(), name, dict(props), opts)


def scanned(
    context: Context, image: pulumi.Output[str], severities: Sequence[str], accepted: Sequence[str]
) -> pulumi.Output[str]:
    """The image, once its scan has passed."""
    props = {"who": context.who, "image": image, "severities": list(severities), "accepted": sorted(accepted)}
    gate = ImageScan(f"{context.name}-scan", props, context.child)
    return pulumi.Output.all(image, gate.urn).apply(lambda values: str(values[0]))


def await_scan(ecr: Ecr, wanted: Acceptance, say: Callable[[str], None], pause: Callable[[float], None]) -> None:
    """Ask until the scan is over. Raises ImageRefusedError when it finds too much, fails, or does not end."""
    who, image = wanted.who, wanted.image
    request = scan_request(wanted)
    waited = 0.0
    while (scan := read_scan(ecr, request)).status not in READY:
        if scan.status not in UNDER_WAY:
            reason = f"{scan.status}: {scan.reason}" if scan.reason else scan.status
            raise ImageRefusedError(
                f"{who}: {image} could not be scanned, {reason}; without fail_on_severity it is taken"
            )
        if waited >= LIMIT_SECONDS:
            fix = "turn on scan on push, or see the repository in the console"
            raise ImageRefusedError(f"{who}: {image} was not scanned within {waited:.0f} s; {fix}")
        say(f"the scan of {image} is {scan.status} ({waited:.0f} of at most {LIMIT_SECONDS:.0f} s)")
        pause(POLL_SECONDS)
        waited += POLL_SECONDS
    bad = [finding for finding in scan.findings if finding.severity in wanted.severities]
    if refused := [finding for finding in bad if finding.name not in wanted.accepted]:
        raise ImageRefusedError(report(f"{who}: the scan of {image} found", refused, wanted.severities))


def scan_request(wanted: Acceptance) -> dict[str, object]:
    """Arguments of DescribeImageScanFindings. Raises ImageRefusedError for an image without a digest."""
    parts = REFERENCE.fullmatch(wanted.image)
    if parts is None or not parts["digest"]:
        raise ImageRefusedError(f"{wanted.who}: fail_on_severity needs an image in ECR by digest, got {wanted.image!r}")
    request: dict[str, object] = {
        "repositoryName": parts["name"],
        "imageId": {"imageDigest": parts["digest"]},
    }
    if host := ecr_host(parts["host"]):
        request["registryId"] = host.account
    return request
