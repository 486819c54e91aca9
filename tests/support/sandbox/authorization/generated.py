"""Generated policies and requests: few names, so that they meet often."""

import json
import random
from collections.abc import Sequence
from typing import Any

from slipway_sandbox.authorization.model import Policies, PolicyDocument, Principal, Request
from tests.support.sandbox.authorization.identities import (
    ACCOUNT,
    ANN,
    APP,
    OTHER_ACCOUNT,
    ROLE,
    SESSION,
    SNS,
    STRANGER,
)

GUEST = Principal(
    f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/app/task",
    OTHER_ACCOUNT,
    "role",
    f"arn:aws:iam::{OTHER_ACCOUNT}:role/app",
)
PRINCIPALS = (ANN, APP, SNS, STRANGER, GUEST)
ACTIONS = ("sqs:SendMessage", "sqs:ReceiveMessage", "s3:GetObject")
ACTION_PATTERNS = ("*", "*", "sqs:*", "sqs:Send*", "SQS:sendmessage", "s3:Get?bject", "s3:*")
QUEUE = "arn:aws:sqs:eu-west-1:1:jobs"
RESOURCES = (QUEUE, f"{QUEUE}-dead", "arn:aws:s3:::shop/a", "*")
RESOURCE_PATTERNS = ("*", "*", "arn:aws:sqs:*", QUEUE, f"{QUEUE}*", "arn:aws:s3:::sho?/*")
NAMES: Sequence[Any] = (
    {"AWS": [ANN.arn]}, {"AWS": [ROLE]}, {"AWS": [SESSION, STRANGER.arn]}, {"AWS": [GUEST.role_arn]}, "*",
    {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}, {"AWS": [f"arn:aws:iam::{OTHER_ACCOUNT}:root"]},
    {"Service": ["sns.amazonaws.com"]},
)  # fmt: skip
OPERATORS = (
    "StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringLike", "ForAllValues:StringEquals", "ForAnyValue:StringLike",
)  # fmt: skip
KEYS, VALUES = ("aws:PrincipalTag/Team", "aws:TagKeys"), ("red", "blue", "r*")


class Generator:
    """Makes policies and requests; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def request(self) -> Request:
        """A request of one of five principals."""
        keys = [key.lower() for key in KEYS if self._random.random() < 0.6]
        context = {key: tuple(self._some(VALUES)) for key in keys}
        pick = self._random.choice
        return Request(pick(PRINCIPALS), pick(ACTIONS), pick(RESOURCES), ACCOUNT, context)

    def policies(self) -> Policies:
        """Policies of each kind; boundary, session and resource policies in every second case."""
        return Policies(
            identity=tuple(self._document() for _ in range(self._random.randint(0, 2))),
            boundary=self._document() if self._flip() else None,
            session=tuple(self._document() for _ in range(self._random.randint(1, 2))) if self._flip() else None,
            resource=self._document(has_principal=True) if self._flip() else None,
        )

    def _document(self, *, has_principal: bool = False) -> PolicyDocument:
        statements = [self._statement(has_principal=has_principal) for _ in range(self._random.randint(1, 3))]
        return PolicyDocument(json.dumps({"Version": "2012-10-17", "Statement": statements}))

    def _statement(self, *, has_principal: bool) -> dict[str, Any]:
        statement: dict[str, Any] = {
            "Effect": "Deny" if self._random.random() < 0.12 else "Allow",
            self._element("Action"): self._some(ACTION_PATTERNS),
            self._element("Resource"): self._some(RESOURCE_PATTERNS),
        }
        if self._flip():
            statement["Condition"] = self._condition()
        if has_principal:
            statement["Principal"] = self._random.choice(NAMES)
        return statement

    def _element(self, name: str) -> str:
        return f"Not{name}" if self._random.random() < 0.1 else name

    def _condition(self) -> dict[str, Any]:
        key = self._random.choice(KEYS)
        if self._random.random() < 0.2:
            return {"Null": {key: [self._random.choice(("true", "false"))]}}
        return {self._random.choice(OPERATORS): {key: self._some(VALUES)}}

    def _some(self, values: Sequence[str]) -> list[str]:
        return self._random.sample(values, self._random.randint(1, 2))

    def _flip(self) -> bool:
        return self._random.random() < 0.5
