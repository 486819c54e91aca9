"""Rules for ECR repositories.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html
"""

from policies.registry import ADVISORY, HIGH, MANDATORY, MEDIUM, Outcomes, deny, rule
from policies.values import Resource

REPOSITORY = "aws:ecr/repository:Repository"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html"


@rule(
    REPOSITORY,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP ECR.2", "NIST CM-2"),
    link=f"{CONTROLS}#ecr-2",
    fix="set imageTagMutability to IMMUTABLE, as slipway's ContainerImage does",
)
def ecr_immutable_tags(repository: Resource) -> Outcomes:
    """ECR repositories never move a tag to another image."""
    mutability = repository["imageTagMutability"]
    immutable = mutability.text() in ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")
    yield from deny(mutability, not immutable, "is not IMMUTABLE, so a tag can come to mean another image")


@rule(
    REPOSITORY,
    level=ADVISORY,
    severity=HIGH,
    controls=("FSBP ECR.1", "NIST RA-5"),
    link=f"{CONTROLS}#ecr-1",
    fix="set imageScanningConfiguration.scanOnPush to true, as slipway's ContainerImage does",
)
def ecr_scan_on_push(repository: Resource) -> Outcomes:
    """ECR repositories scan each image that is pushed.

    A registry that scans continuously needs no setting on the repository; switch the rule off there.
    """
    scan = repository["imageScanningConfiguration"]["scanOnPush"]
    yield from deny(scan, not scan.true, "is not true, so known vulnerabilities stay unseen")
