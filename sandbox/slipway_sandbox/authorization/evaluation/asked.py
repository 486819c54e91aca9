"""What policies ask of a request: all that a decision depends on, so that a kept one is never stale."""

from dataclasses import dataclass
from functools import lru_cache

from slipway_sandbox.authorization.evaluation.patterns import ANY, WILD, Pattern
from slipway_sandbox.authorization.evaluation.statements import statements_about
from slipway_sandbox.authorization.model import PolicyDocument, Request

CACHED = 4096
FEW = 4  # patterns; trying more of them takes longer than a decision on one more resource


@dataclass(frozen=True)
class Asked:
    """What the statements about an action ask of a request."""

    keys: tuple[str, ...]
    """Condition keys."""
    patterns: tuple[Pattern, ...] | None
    """Patterns of resources, where which of them cover a resource says all: its name does not count. None: it counts."""

    def of_resource(self, request: Request) -> object:
        """All that the decision depends on of a request's resource: thousands of objects of a bucket may be as one."""
        if self.patterns is None or not request.is_resource_known:
            return request.resource, request.is_resource_known
        return tuple([pattern.covers_arn(request.resource, {}) for pattern in self.patterns]) if self.patterns else ()


@lru_cache(maxsize=CACHED)
def asked_of(action: str, texts: tuple[object, ...]) -> Asked:
    """What the statements about an action ask, in policies with these texts. Raises ValueError when one is no JSON."""
    identity, boundary, session, resource = texts
    listed = [text for each in (identity, session) if isinstance(each, tuple) for text in each]
    documents = [PolicyDocument(text) for text in (*listed, boundary, resource) if isinstance(text, str)]
    statements = [about for document in documents for about in statements_about(document, action.lower())]
    resources = [each for about in statements for each in about.resources if each.source != ANY]
    patterns = {each.source: each for each in resources}
    is_plain = len(patterns) <= FEW and not any("${" in source for source in patterns)  # of a variable
    is_wide = not patterns or any(map(WILD.search, patterns))
    return Asked(
        tuple({key for about in statements for key in about.keys}),
        tuple(patterns.values()) if is_plain and is_wide and not action.startswith("kms:") else None,
    )
