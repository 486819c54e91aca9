"""Ids and ARNs of AWS in arguments. A check reads plain strings only; AWS checks outputs.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from dataclasses import dataclass

import pulumi

from ._checks import ArgumentError, shown

ACCOUNT_ID = re.compile(r"[0-9]{12}")
KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
HEXADECIMAL = "[0-9a-f]{8}([0-9a-f]{9})?"  # ids from before 2016 have 8 characters


@dataclass(frozen=True)
class IdForm:
    """The form of ids of one kind."""

    prefix: str
    noun: str

    def check(self, who: str, argument: str, value: str) -> None:
        """Refuse another text than such an id. Raises ArgumentError."""
        if not re.fullmatch(f"{self.prefix}-{HEXADECIMAL}", value):
            rule = f"must be the id of {self.noun}, such as {self.prefix}-0123456789abcdef0"
            raise ArgumentError(f"{who}: {argument} {rule}, got {shown(value)}")


VPC_ID = IdForm("vpc", "a VPC")
SUBNET_ID = IdForm("subnet", "a subnet")
SECURITY_GROUP_ID = IdForm("sg", "a security group")
PREFIX_LIST_ID = IdForm("pl", "a prefix list")
ALLOCATION_ID = IdForm("eipalloc", "an Elastic IP's allocation")

# Noun of a sentence to the resource part of its ARN.
RESOURCES = {
    "a KMS key": "(key|alias)/[A-Za-z0-9/_-]+",
    "a role": r"role/[!-~]+",
    "a policy": r"policy/[!-~]+",
    "a log group": r"log-group:[A-Za-z0-9._/#-]+(:\*)?",
    "a cluster": "cluster/[A-Za-z0-9_-]{1,255}",
    "a certificate": r"(certificate|server-certificate)/[!-~]+",
    "a trust store": "truststore/[A-Za-z0-9-]+/[0-9a-f]+",
    "a regional web ACL": "regional/webacl/[A-Za-z0-9_-]+/[A-Za-z0-9-]+",
    "a Cloud Map namespace": "namespace/[A-Za-z0-9-]+",
    "a namespace": "namespace/[A-Za-z0-9-]+",
}


def account_id(who: str, argument: str, value: str) -> None:
    """Refuse another account id than 12 digits."""
    if not ACCOUNT_ID.fullmatch(value):
        raise ArgumentError(f"{who}: {argument} must be an account id of 12 digits, got {shown(value)}")


def prefix_list_id(who: str, argument: str, value: str) -> None:
    """Refuse another text than the id of a prefix list."""
    PREFIX_LIST_ID.check(who, argument, value)


def aws_arn(
    who: str, argument: str, value: pulumi.Input[str] | None, service: str, what: str
) -> pulumi.Input[str] | None:
    """Refuse another ARN than one of this service, `what` in the sentence; outputs pass unread.

    >>> aws_arn("Queue 'work'", "kms_key_arn", "arn:aws:kms:eu-west-1:123456789012:key/abc", "kms", "a KMS key")
    'arn:aws:kms:eu-west-1:123456789012:key/abc'
    """
    arn = rf"arn:aws[a-z-]*:{service}:[a-z0-9-]*:(aws|[0-9]{{12}}):{RESOURCES[what]}"  # managed policies are of the account "aws"
    if isinstance(value, str) and not re.fullmatch(arn, value):
        raise ArgumentError(f"{who}: {argument} must be the ARN of {what}, got {shown(value)}")
    return value


def key_arn(who: str, argument: str, value: object) -> None:
    """Refuse another ARN than a KMS key's, such as an alias's: IAM grants nothing on an alias. Outputs pass unread."""
    if isinstance(value, str) and not KEY_ARN.fullmatch(value):
        example = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        raise ArgumentError(
            f"{who}: {argument} must be the ARN of a KMS key, got {shown(value)}; write it like {example}"
        )
