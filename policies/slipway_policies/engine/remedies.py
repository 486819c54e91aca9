"""Rewrites inputs for rules at the level `remediate`.

Works on the properties in the engine's own form, so secrets beside a rewritten property stay secrets. A secret or
unknown property itself is not rewritten; the rule then reports it as mandatory.
"""

import copy

from slipway_policies.engine.registry import ResourceRule
from slipway_policies.engine.values import SENTINELS, SIGNATURE_KEY, Plain


def remedied(rule: ResourceRule, broken: set[str], properties: dict[str, Plain]) -> dict[str, Plain] | None:
    """The properties with the rule's values at the `broken` paths; None when none of them can be rewritten."""
    result = copy.deepcopy(properties)
    changed = [_set(result, path.split("."), value) for path, value in rule.remedy.items() if path in broken]
    return result if any(changed) else None


def _set(container: dict[str, Plain], path: list[str], value: Plain) -> bool:
    name, *rest = path
    found = container.get(name)
    if _is_closed(found):
        return False
    if not rest:
        container[name] = value
        return True
    inner = {} if found is None else found
    if not isinstance(inner, dict) or not _set(inner, rest, value):
        return False
    container[name] = inner
    return True


def _is_closed(value: Plain) -> bool:
    """Whether it is a secret, an asset or another special value, or not known yet."""
    return (isinstance(value, dict) and SIGNATURE_KEY in value) or (isinstance(value, str) and value in SENTINELS)
