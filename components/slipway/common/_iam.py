"""IAM documents: who may assume a role, and what a role may do. Maps values to documents; creates nothing.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

Statement = dict[str, Any]

VERSION = "2012-10-17"


def document(statements: Sequence[Statement]) -> dict[str, Any]:
    """A policy document of the statements given."""
    return {"Version": VERSION, "Statement": list(statements)}


def allow(actions: Sequence[str], resources: Any) -> Statement:
    """An identity statement that allows the actions on the resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}


def trust(service: str) -> Statement:
    """A trust statement for an AWS service."""
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}


def trust_within_account(service: str, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Trust policy for an AWS service that acts for this account only, as JSON."""
    caller = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=child.parent))
    own_account = {"Condition": {"StringEquals": {"aws:SourceAccount": caller.account_id}}}
    return pulumi.Output.json_dumps(document([trust(service) | own_account]))


def deny_insecure_transport(action: str, resource: pulumi.Input[str]) -> Statement:
    """A resource statement that refuses every request not made over TLS."""
    return {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
