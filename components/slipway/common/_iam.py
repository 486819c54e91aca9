"""JSON documents, and those of IAM: trust policies and permissions. Maps values to documents; creates nothing.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pulumi

from ._context import provider_account_id

Json: TypeAlias = bool | int | float | str | pulumi.Input[str] | Sequence["Json"] | Mapping[str, "Json"] | None
"""A value of a JSON document; its strings may be outputs."""
JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON document, for `pulumi.Output.json_dumps`."""
Statement: TypeAlias = "dict[str, Json]"
"""One statement of a policy; its strings may be outputs."""

VERSION = "2012-10-17"


def document(statements: Sequence[Statement]) -> JsonObject:
    """A policy document with these statements."""
    return {"Version": VERSION, "Statement": list(statements)}


def allow(actions: Sequence[str], resources: Json) -> Statement:
    """Identity statement: the actions on the resources are allowed."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}


def trust(service: str) -> Statement:
    """Trust statement for an AWS service."""
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}


def trust_within_account(service: str, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Trust policy as JSON for an AWS service, for work on behalf of this account only."""
    own_account: Json = {"StringEquals": {"aws:SourceAccount": provider_account_id(child.parent)}}
    return pulumi.Output.json_dumps(document([trust(service) | {"Condition": own_account}]))


def allow_iam(partition: str, account: str) -> Statement:
    """Key statement: IAM of the account governs the key, so that no administrator is locked out."""
    return {
        "Sid": "AllowIam",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }


def deny_insecure_transport(action: str, resource: pulumi.Input[str]) -> Statement:
    """Resource statement: every request without TLS is refused."""
    return {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
