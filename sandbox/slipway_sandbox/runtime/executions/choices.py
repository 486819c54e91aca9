"""Rules of a Choice state.

Source: https://states-language.net/spec.html#choice-state
"""

from slipway_sandbox.documents import Document, Json, as_object, as_text, objects
from slipway_sandbox.runtime.executions.paths import Scope


def chosen(state: Document, scope: Scope) -> str | None:
    """The state of the first rule that fits, else the default; None where there is neither."""
    for rule in objects(state.get("Choices")):
        if fits(rule, scope):
            return as_text(rule.get("Next"))
    return as_text(state.get("Default")) or None


def fits(rule: Document, scope: Scope) -> bool:
    """Whether a rule fits the data. Raises PathError where a variable of a comparison is absent."""
    if "And" in rule:
        return all(fits(inner, scope) for inner in objects(rule["And"]))
    if "Or" in rule:
        return any(fits(inner, scope) for inner in objects(rule["Or"]))
    if "Not" in rule:
        return not fits(as_object(rule["Not"]), scope)
    path = as_text(rule.get("Variable"))
    return scope.has(path) == rule["IsPresent"] if "IsPresent" in rule else compares(scope.value(path), rule, scope)


def compares(value: Json, rule: Document, scope: Scope) -> bool:
    """Whether a value fits the comparison of a rule; a value of another type fits none."""
    if is_number(value):
        return value == rule.get("NumericEquals") or ("NumericLessThan" in rule and value < rule["NumericLessThan"])  # type: ignore[operator] # both are numbers
    if not isinstance(value, str):
        return False
    other = scope.value(as_text(rule["StringEqualsPath"])) if "StringEqualsPath" in rule else rule.get("StringEquals")
    return value == other


def is_number(value: Json) -> bool:
    """Whether a value is a number, and not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool)
