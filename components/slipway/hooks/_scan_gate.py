"""A gate on the findings of ECR's scan of an image: bad findings fail the update before a task uses the image.

It asks when the image or the accepted findings change, not at every run, so a vulnerability published later stops no
update of other resources. No look-up of the AWS provider has the findings, so boto3 asks, with credentials of the same
account.
Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import grpc
import pulumi

from slipway.common import Context, ecr_host
from slipway.credentials import Keys, WrongAccountError, keys_of, session, session_in

from ._image_config import REFERENCE
from ._look_up import cause, look_up
from ._question import question
from ._scan_findings import Ecr, read_scan, report

POLL_SECONDS = 5.0
LIMIT_SECONDS = 600.0
READY = ("COMPLETE", "ACTIVE")  # of basic and of enhanced scanning
UNDER_WAY = ("IN_PROGRESS", "PENDING")
GET_CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
SESSION_NAME = "slipway-scan-gate"
THREADS = ThreadPoolExecutor(4, "scan-gate")  # each for one call; the waits between calls take none


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


@dataclass(frozen=True)
class Gate:
    """What keeps an image out, and who asks for its findings."""

    severities: Sequence[str]
    """Severities that keep the image out, the worst first."""
    accepted: Sequence[str]
    """Names of findings that count for nothing."""
    role_arn: pulumi.Input[str]
    """Role to ask with; empty for the provider's or the environment's credentials."""


def scanned(context: Context, image: pulumi.Output[str], gate: Gate) -> pulumi.Output[str]:
    """The image, once its scan has passed."""

    async def ask(props: Mapping[str, Any]) -> None:
        await ask_ecr(
            context, Acceptance(context.who, props["image"], gate.severities, gate.accepted), props["role_arn"]
        )

    severities, accepted = list(gate.severities), sorted(gate.accepted)
    props = {"image": image, "severities": severities, "accepted": accepted, "role_arn": gate.role_arn}
    asked = question(context, "scan", props, ask)
    return pulumi.Output.all(image, asked.urn).apply(lambda values: str(values[0]))


async def ask_ecr(context: Context, wanted: Acceptance, role_arn: str) -> None:
    """Return when the image passes. Raises RunError with the findings, or with the reason for having none."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - 0.2 s, only where an update asks

    in_thread = asyncio.get_running_loop().run_in_executor
    try:
        keys = await keys_of(context)
        account = "" if role_arn else str((await look_up(context, GET_CALLER, {}))["accountId"])
        ecr = await in_thread(THREADS, partial(ecr_client, wanted.image, role_arn, account, keys))
        await await_scan(ecr, wanted, partial(pulumi.log.info, ephemeral=True), asyncio.sleep)
    except grpc.RpcError as error:
        raise pulumi.RunError(unread(wanted, cause(error))) from error
    except (BotoCoreError, ClientError, WrongAccountError) as error:
        raise pulumi.RunError(unread(wanted, str(error))) from error


def unread(wanted: Acceptance, reason: str) -> str:
    """A refusal where the findings cannot be read."""
    fix = "give credentials of that account with ecr:DescribeImageScanFindings, in the environment or by scan_role_arn"
    return f"{wanted.who}: the findings in {wanted.image} cannot be read: {reason}; {fix}"


def ecr_client(image: str, role_arn: str, account: str, keys: Keys) -> Ecr:
    """Client with the credentials of a role, or with these of the provider's account. Raises as boto3 does, and WrongAccountError."""
    host = ecr_host(image.partition("/")[0])
    region = host.region if host else None
    if role_arn:
        return cast("Ecr", session(keys, region, role_arn, SESSION_NAME).client("ecr"))
    return cast("Ecr", session_in(account, keys, region).client("ecr"))


async def await_scan(
    ecr: Ecr, wanted: Acceptance, say: Callable[[str], None], pause: Callable[[float], Awaitable[None]]
) -> None:
    """Ask until the scan is over. Raises ImageRefusedError when it finds too much, fails, or does not end."""
    who, image = wanted.who, wanted.image
    read = partial(asyncio.get_running_loop().run_in_executor, THREADS, read_scan, ecr, scan_request(wanted))
    waited = 0.0
    while (scan := await read()).status not in READY:
        if scan.status not in UNDER_WAY:
            reason = f"{scan.status}: {scan.reason}" if scan.reason else scan.status
            raise ImageRefusedError(
                f"{who}: {image} could not be scanned, {reason}; without fail_on_severity it is taken"
            )
        if waited >= LIMIT_SECONDS:
            fix = "turn on scan on push, or see the repository in the console"
            raise ImageRefusedError(f"{who}: {image} was not scanned within {waited:.0f} s; {fix}")
        say(f"the scan of {image} is {scan.status} ({waited:.0f} of at most {LIMIT_SECONDS:.0f} s)")
        await pause(POLL_SECONDS)
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
