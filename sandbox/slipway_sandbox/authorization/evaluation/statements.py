"""Statements of a policy, read once.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache

from slipway_sandbox.authorization.evaluation.conditions import Condition, conditions_of
from slipway_sandbox.authorization.evaluation.patterns import Actions, Pattern
from slipway_sandbox.authorization.model import PolicyDocument, Request
from slipway_sandbox.documents import Document, Json, as_object, as_text, objects, texts

CURRENT_VERSION = "2012-10-17"  # policies of 2008 have no variables
CACHED = 2048
NONE = frozenset[str]()


@dataclass(frozen=True)
class Statement:
    """One statement; each element with Not… covers what its list does not."""

    effect: str
    name: str
    """Its Sid, or `statement 2`."""
    actions: Actions
    is_not_action: bool
    resources: tuple[Pattern, ...]
    is_not_resource: bool
    principal: Json
    not_principal: Json
    conditions: tuple[Condition, ...]

    def applies(self, request: Request) -> bool:
        """Whether actions, resources and known conditions cover a request. The principal is another question."""
        if not self.is_about(request.action.lower()) or not self._covers_resource(request):
            return False
        context = request.context
        return all(unknown_of(condition.keys, request) or condition.holds(context) for condition in self.conditions)

    def is_about(self, action: str) -> bool:
        """Whether its actions cover one, in lower case."""
        return self.actions.cover(action) != self.is_not_action

    def doubts(self, request: Request) -> frozenset[str]:
        """Keys of conditions and variables that the sandbox does not know."""
        return unknown_of(self.keys, request)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Condition keys that the statement asks for."""
        return self.resource_keys.union(*(condition.keys for condition in self.conditions))

    @cached_property
    def resource_keys(self) -> frozenset[str]:
        """Condition keys of variables in its resources."""
        return frozenset().union(*(pattern.keys for pattern in self.resources))

    def _covers_resource(self, request: Request) -> bool:
        if unknown_of(self.resource_keys, request):
            return True
        if request.is_resource_known:
            is_listed = any(pattern.covers_arn(request.resource, request.context) for pattern in self.resources)
            return is_listed != self.is_not_resource
        if self.effect == "Deny":
            return not self.is_not_resource and any(pattern.source == "*" for pattern in self.resources)
        return self.is_not_resource or any(pattern.may_cover(request.resource) for pattern in self.resources)


def unknown_of(keys: frozenset[str], request: Request) -> frozenset[str]:
    """Those of the keys whose values the sandbox does not know."""
    if not keys or not request.unknown_keys:
        return NONE
    return frozenset(key for key in keys if key not in request.context and _is_unknown(key, request.unknown_keys))


def _is_unknown(key: str, unknown: frozenset[str]) -> bool:
    return key in unknown or f"{key.partition('/')[0]}/" in unknown or f"{key.rpartition(':')[0]}:" in unknown


def statements_of(policy: PolicyDocument) -> tuple[Statement, ...]:
    """The statements of a policy. Raises ValueError when its text is no JSON."""
    return _statements(policy.text)


def statements_about(policy: PolicyDocument, action: str) -> tuple[Statement, ...]:
    """The statements of a policy about an action in lower case. Raises ValueError when its text is no JSON."""
    return _about(policy.text, action)


@lru_cache(maxsize=CACHED)
def _about(text: str, action: str) -> tuple[Statement, ...]:
    return tuple(statement for statement in _statements(text) if statement.is_about(action))


@lru_cache(maxsize=CACHED)
def _statements(text: str) -> tuple[Statement, ...]:
    document = as_object(json.loads(text))
    has_variables = document.get("Version") == CURRENT_VERSION
    return tuple(
        _statement(statement, number, has_variables=has_variables)
        for number, statement in enumerate(objects(document.get("Statement")), 1)
    )


def _statement(statement: Document, number: int, *, has_variables: bool) -> Statement:
    def patterns(element: str) -> tuple[Pattern, ...]:
        return tuple(Pattern(word, has_variables=has_variables) for word in texts(statement.get(element)))

    is_not_action, is_not_resource = "NotAction" in statement, "NotResource" in statement
    # A trust policy has no Resource: it is about its own role.
    resources = patterns("NotResource") if is_not_resource else patterns("Resource")
    if not is_not_resource and "Resource" not in statement:
        resources = (Pattern("*", has_variables=False),)
    return Statement(
        as_text(statement.get("Effect")),
        as_text(statement.get("Sid")) or f"statement {number}",
        Actions(texts(statement.get("NotAction" if is_not_action else "Action"))),
        is_not_action,
        resources,
        is_not_resource,
        statement.get("Principal"),
        statement.get("NotPrincipal"),
        conditions_of(statement.get("Condition"), has_variables=has_variables),
    )
