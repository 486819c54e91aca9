"""Principals, policies and requests for tests of authorization."""

import json
from collections.abc import Mapping
from typing import Any

from slipway_sandbox.authorization.model import PolicyDocument, Principal, Request

ACCOUNT, OTHER_ACCOUNT, REGION = "123456789012", "210987654321", "eu-west-1"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/task"
ANN = Principal(f"arn:aws:iam::{ACCOUNT}:user/ann", ACCOUNT, "user", user_id="AIDAANN")
APP = Principal(SESSION, ACCOUNT, "role", ROLE, "AROAAPP:task")
ROOT = Principal(f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, "root")
SNS = Principal("sns.amazonaws.com", "", "service")
STRANGER = Principal(f"arn:aws:iam::{OTHER_ACCOUNT}:user/eve", OTHER_ACCOUNT, "user", user_id="AIDAEVE")


def policy(*statements: Mapping[str, Any], version: str = "2012-10-17", name: str = "app") -> PolicyDocument:
    """A policy of these statements."""
    return PolicyDocument(json.dumps({"Version": version, "Statement": list(statements)}), name)


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows an action on a resource."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that denies an action on a resource."""
    return {**allow(action, resource, **more), "Effect": "Deny"}


def wish(
    principal: Principal = APP,
    action: str = "sqs:SendMessage",
    resource: str = QUEUE,
    context: Mapping[str, tuple[str, ...]] | None = None,
    **more: Any,
) -> Request:
    """A request for a resource of the first account."""
    return Request(principal, action, resource, ACCOUNT, context or {}, **more)
