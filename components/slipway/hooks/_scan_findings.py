"""Findings of ECR's scan of an image, of basic and of enhanced scanning, and the report on them.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, Protocol, TypedDict

SHOWN_FINDINGS = 5


class Attribute(TypedDict):
    """One attribute of a basic finding."""

    key: str
    value: NotRequired[str]


class BasicFinding(TypedDict):
    """A finding of basic scanning."""

    name: str
    severity: str
    attributes: NotRequired[list[Attribute]]


class Package(TypedDict):
    """A package in an enhanced finding."""

    name: NotRequired[str]
    version: NotRequired[str]


class PackageDetails(TypedDict):
    """Details of an enhanced finding in a package."""

    vulnerabilityId: NotRequired[str]
    vulnerablePackages: NotRequired[list[Package]]


class EnhancedFinding(TypedDict):
    """A finding of enhanced scanning."""

    severity: str
    title: NotRequired[str]
    packageVulnerabilityDetails: NotRequired[PackageDetails]


class ScanFindings(TypedDict):
    """One page of findings; the scanning in use fills one of the two."""

    findings: NotRequired[list[BasicFinding]]
    enhancedFindings: NotRequired[list[EnhancedFinding]]


class ScanStatus(TypedDict):
    """Status of a scan."""

    status: str
    description: NotRequired[str]


class ScanReply(TypedDict):
    """Answer of DescribeImageScanFindings."""

    imageScanStatus: ScanStatus
    imageScanFindings: NotRequired[ScanFindings]
    nextToken: NotRequired[str]


class ScanErrors(Protocol):
    """Exceptions of the client."""

    @property
    def ScanNotFoundException(self) -> type[Exception]:  # noqa: N802 - boto3's name
        """Raised until a scan has begun."""


class Ecr(Protocol):
    """The part of boto3's client for ECR that reads scans."""

    @property
    def exceptions(self) -> ScanErrors:
        """Exceptions of the client."""

    def describe_image_scan_findings(self, **request: object) -> ScanReply:
        """One page of findings; the arguments have AWS's names."""


@dataclass(frozen=True)
class Finding:
    """One vulnerability in one package."""

    name: str
    severity: str
    package: str
    """Name and version, as far as known."""


@dataclass(frozen=True)
class Scan:
    """State of a scan, with its findings so far."""

    status: str
    reason: str
    """ECR's explanation of the status; empty for none."""
    findings: Sequence[Finding]


def read_scan(ecr: Ecr, request: Mapping[str, object]) -> Scan:
    """All pages of a scan; PENDING before it has begun."""
    findings: list[Finding] = []
    page: dict[str, object] = {}
    while True:
        try:
            reply = ecr.describe_image_scan_findings(**request, **page)
        except ecr.exceptions.ScanNotFoundException:
            return Scan("PENDING", "", [])
        findings += read_findings(reply.get("imageScanFindings") or {})
        if not reply.get("nextToken"):
            status = reply["imageScanStatus"]
            return Scan(status["status"], status.get("description", ""), findings)
        page = {"nextToken": reply["nextToken"]}


def read_findings(page: ScanFindings) -> Iterator[Finding]:
    """Findings of basic and of enhanced scanning, which ECR answers in two shapes."""
    for basic in page.get("findings") or []:
        attributes = {pair["key"]: pair.get("value", "") for pair in basic.get("attributes") or []}
        package = spell(attributes.get("package_name"), attributes.get("package_version"))
        yield Finding(basic["name"], basic["severity"], package)
    for enhanced in page.get("enhancedFindings") or []:
        details = enhanced.get("packageVulnerabilityDetails") or {}
        packages = details.get("vulnerablePackages") or [{}]
        name = details.get("vulnerabilityId") or enhanced.get("title", "")
        yield Finding(name, enhanced["severity"], spell(packages[0].get("name"), packages[0].get("version")))


def spell(package: str | None, version: str | None) -> str:
    """A package with its version, as far as known."""
    return " ".join(filter(None, (package, version)))


def report(headline: str, refused: Collection[Finding], severities: Sequence[str]) -> str:
    """Headline, count of each severity and the first findings, the worst first."""
    counts = Counter(finding.severity for finding in refused)
    summary = ", ".join(f"{counts[severity]} {severity}" for severity in severities if counts[severity])
    worst = sorted(refused, key=lambda finding: (severities.index(finding.severity), finding.name))
    lines = [f"{headline} {summary}"]
    lines += [f"  {finding.name} {finding.severity} {finding.package}".rstrip() for finding in worst[:SHOWN_FINDINGS]]
    if len(worst) > SHOWN_FINDINGS:
        lines.append(f"  and {len(worst) - SHOWN_FINDINGS} more")
    return "\n".join([*lines, "  fix: a newer base image or package; what you live with goes into accepted_findings"])
