"""Rules for ECR repositories.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html
"""

from slipway_policies.engine.registry import (
    ADVISORY,
    CRITICAL,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    OFF,
    Finding,
    Outcomes,
    deny,
    rule,
)
from slipway_policies.engine.resources import Resource
from slipway_policies.reading.statements import public_statements

REPOSITORY = "aws:ecr/repository:Repository"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html"


@rule(
    REPOSITORY,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP ECR.2", "NIST CM-2"),
    link=f"{CONTROLS}#ecr-2",
    fix="set imageTagMutability to IMMUTABLE, as slipway's ContainerImage does",
    remedy={"imageTagMutability": "IMMUTABLE"},
)
def ecr_immutable_tags(repository: Resource) -> Outcomes:
    """ECR repositories never move a tag to another image."""
    mutability = repository["imageTagMutability"]
    immutable = mutability.text() in ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")
    yield from deny(mutability, not immutable, "is not IMMUTABLE, so a tag can move to another image")


@rule(
    REPOSITORY,
    level=ADVISORY,
    severity=HIGH,
    controls=("FSBP ECR.1", "NIST RA-5"),
    link=f"{CONTROLS}#ecr-1",
    fix="set imageScanningConfiguration.scanOnPush to true, as slipway's ContainerImage does",
    remedy={"imageScanningConfiguration.scanOnPush": True},
)
def ecr_scan_on_push(repository: Resource) -> Outcomes:
    """ECR repositories scan each image at push.

    Switch the rule off in accounts with continuous scanning: it needs no setting on the repository.
    """
    scan = repository["imageScanningConfiguration"]["scanOnPush"]
    yield from deny(scan, not scan.true, "is not true, so known vulnerabilities stay unseen")


@rule(
    REPOSITORY,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-28",),
    link="https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html",
    fix="set encryptionConfigurations[0].encryptionType to KMS, as slipway's ContainerImage does; on an existing "
    "repository this replaces it",
)
def ecr_kms_encryption(repository: Resource) -> Outcomes:
    """ECR repositories are encrypted with KMS, so CloudTrail records each use of the key."""
    yield from _encryption(repository, "encryptionType", ("KMS", "KMS_DSSE"), "is not KMS")


@rule(
    REPOSITORY,
    level=OFF,
    severity=MEDIUM,
    controls=("Security Hub ECR.5", "NIST SC-28"),
    link=f"{CONTROLS}#ecr-5",
    fix="set encryptionConfigurations[0].kmsKey; kms_key_arn of slipway's ContainerImage does so; "
    "on an existing repository this replaces it",
)
def ecr_cmk_encryption(repository: Resource) -> Outcomes:
    """ECR repositories are encrypted with a KMS key of your own."""
    yield from _encryption(repository, "kmsKey", (), "is missing, so the key is AWS's own and its policy not yours")


def _encryption(repository: Resource, prop: str, allowed: tuple[str, ...], problem: str) -> Outcomes:
    configurations = list(repository["encryptionConfigurations"].elements())
    if not configurations:
        yield Finding("encryptionConfigurations", "is missing")
    for configuration in configurations:
        value = configuration[prop]
        yield from deny(value, value.text() not in allowed if allowed else not value.text(), problem)


@rule(
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    level=MANDATORY,
    severity=CRITICAL,
    controls=("CIS 2.21", "NIST AC-3"),
    link="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
    fix="name the accounts or roles that may pull, or add a condition with a fixed value, such as StringEquals on "
    "aws:PrincipalOrgID; slipway's ContainerImage creates no repository policy",
)
def ecr_policy_not_public(policy: Resource) -> Outcomes:
    """ECR repositories cannot be used by just anyone."""
    yield from public_statements(policy.document("policy"))


@rule(
    REPOSITORY,
    level=OFF,
    production=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-delete.html",
    fix="remove forceDelete (force_delete of slipway's ContainerImage) once the stack is permanent",
    remedy={"forceDelete": False},
)
def ecr_no_force_delete(repository: Resource) -> Outcomes:
    """ECR repositories with images are not deleted with their stack."""
    force = repository["forceDelete"]
    yield from deny(force, force.true, "is true, so destroying the stack deletes every release")
