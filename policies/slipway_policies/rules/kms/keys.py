"""Rules for KMS keys.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html
"""

from slipway_policies.engine.registry import ADVISORY, CRITICAL, LOW, MANDATORY, MEDIUM, Outcomes, deny, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.reading.statements import public_statements

KEY = "aws:kms/key:Key"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html"
DELETING = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
OURS = "create_kms_key of slipway's Queue, Topic and FanOut makes a key that holds all of this"
# Ties a request to one account; kms:ViaService does not, since each account has that service.
FIXING_KEYS = frozenset({"kms:calleraccount"})


def is_aws_own(key: str) -> bool:
    """Whether it is a key of AWS's own, such as alias/aws/sqs, by alias or by the alias's ARN."""
    return key.rpartition("alias/")[2].startswith("aws/")


@rule(
    KEY,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("Security Hub KMS.4", "CIS 4.6", "NIST SC-12"),
    link=f"{CONTROLS}#kms-4",
    fix=f"set enableKeyRotation to true; {OURS}",
    remedy={"enableKeyRotation": True},
)
def kms_rotation(key: Resource) -> Outcomes:
    """Symmetric KMS keys get new key material each year.

    Asymmetric and HMAC keys, and those in a key store of your own, cannot rotate and are left out.
    """
    rotation, spec, usage = key["enableKeyRotation"], key["customerMasterKeySpec"], key["keyUsage"]
    symmetric = spec.known_text() in ("", "SYMMETRIC_DEFAULT") and usage.known_text() in ("", "ENCRYPT_DECRYPT")
    if symmetric and key["customKeyStoreId"].absent:
        yield from deny(rotation, not rotation.true, "is not true")


@rule(
    KEY,
    KEY_POLICY,
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP KMS.5", "CIS 2.21", "NIST AC-3"),
    link=f"{CONTROLS}#kms-5",
    fix=f"name the account's root, roles or services in policy, or add a condition on kms:CallerAccount; {OURS}",
)
def kms_no_wildcard_principal(key: Resource) -> Outcomes:
    """KMS keys cannot be used by just anyone."""
    yield from public_statements(key.document("policy"), FIXING_KEYS)


@rule(
    KEY,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP KMS.3", "NIST SC-12"),
    link=DELETING,
    fix=f"remove deletionWindowInDays (default: 30); {OURS}",
    settings={
        "minimumDays": {
            "type": "integer",
            "minimum": 7,
            "maximum": 30,
            "default": 30,
            "description": "Fewest days before a deletion.",
        }
    },
    remedy={"deletionWindowInDays": 30},
)
def kms_deletion_window(key: Resource) -> Outcomes:
    """The deletion of a KMS key waits long enough to be noticed; it loses all data under the key."""
    window = key["deletionWindowInDays"]
    days = window.number()
    yield from deny(window, days is not None and days < key.config.number("minimumDays"), "is below minimumDays")


@rule(
    KEY,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-12",),
    link="https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html",
    fix=f"remove isEnabled; {OURS}",
    remedy={"isEnabled": True},
)
def kms_enabled(key: Resource) -> Outcomes:
    """KMS keys are enabled; whatever a disabled key encrypted cannot be read."""
    enabled = key["isEnabled"]
    yield from deny(enabled, enabled.false, "is false")


@rule(
    KEY,
    KEY_POLICY,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-12",),
    link="https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
    fix=f"remove bypassPolicyLockoutSafetyCheck; {OURS}",
    remedy={"bypassPolicyLockoutSafetyCheck": False},
)
def kms_no_bypass_lockout(key: Resource) -> Outcomes:
    """KMS keys keep AWS's safety check against policies nobody can change."""
    bypass = key["bypassPolicyLockoutSafetyCheck"]
    yield from deny(bypass, bypass.true, "is true, so a mistake in the policy can lock everybody out of the key")


@rule(
    KEY,
    level=ADVISORY,
    severity=LOW,
    controls=("NIST CM-8",),
    link="https://docs.aws.amazon.com/kms/latest/developerguide/create-keys.html",
    fix=f"name in description the data under the key; {OURS}",
)
def kms_description(key: Resource) -> Outcomes:
    """KMS keys have a description."""
    description = key["description"]
    empty = description.text().strip() in ("", "Managed by Pulumi")
    yield from deny(description, empty, "is missing or empty")
