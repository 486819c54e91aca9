"""The rights that each role and user has needed, as a policy: the answer to what a deployment role needs.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping

from slipway_sandbox.authorization.model import Request
from slipway_sandbox.documents import Document

KEPT = 5000  # pairs of action and resource of one role
Rights = Mapping[str, Mapping[str, list[str]]]
"""ARN of a role or user, to actions, to resources."""


class NeededRights:
    """Keeps what was asked for, allowed or not. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def add(self, request: Request) -> None:
        """Keeps the action and the resource of a role's or a user's request."""
        principal = request.principal
        if principal.kind not in ("role", "user"):
            return
        asked, pair = (
            self._asked[principal.role_arn or principal.user_arn or principal.arn],
            (request.action, request.resource),
        )
        if pair not in asked and len(asked) < KEPT:
            with self._lock:
                asked.add(pair)

    def report(self) -> Rights:
        """All of it, sorted."""
        with self._lock:
            copies = {arn: sorted(asked) for arn, asked in self._asked.items()}
        return {arn: _by_action(pairs) for arn, pairs in sorted(copies.items())}


def policy(actions: Mapping[str, Iterable[str]]) -> Document:
    """A policy that allows actions on their resources; actions on the same resources share a statement."""
    shared: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for action, resources in actions.items():
        shared[tuple(resources)].append(action)
    statements = [
        {"Effect": "Allow", "Action": names, "Resource": list(resources)} for resources, names in shared.items()
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _by_action(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    actions: dict[str, list[str]] = defaultdict(list)
    for action, resource in pairs:
        actions[action].append(resource)
    return dict(actions)
