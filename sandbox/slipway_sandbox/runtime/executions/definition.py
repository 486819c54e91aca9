"""The forms of the Amazon States Language that the sandbox runs: those of a Job. Others are refused, by name.

Source: https://states-language.net/spec.html
"""

import json
from collections.abc import Iterator, Mapping

from slipway_sandbox.documents import Document, Json, as_object, as_text, objects
from slipway_sandbox.runtime.executions.paths import CALL, FUNCTIONS

RUN_TASK = "ecs:runTask.sync"
COMMON = {"Type", "Comment", "Next", "End"}
FIELDS: Mapping[str, set[str]] = {
    "Choice": {"Choices", "Default"},
    "Fail": {"Error", "ErrorPath", "Cause", "CausePath"},
    "Pass": {"InputPath", "Parameters", "Result", "ResultPath"},
    "Succeed": set(),
    "Task": {
        "Catch",
        "Parameters",
        "Resource",
        "ResultPath",
        "ResultSelector",
        "Retry",
        "TimeoutSeconds",
    },
    "Wait": {"Seconds"},
}
RULES = {"And", "Or", "Not"}
COMPARISONS = {"IsPresent", "NumericEquals", "NumericLessThan", "StringEquals", "StringEqualsPath"}
RETRIER = {"ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds", "Comment"}


def parsed(definition: str) -> Document:
    """The definition as an object; empty for text that is none."""
    try:
        return as_object(json.loads(definition))
    except ValueError:
        return {}


def lacking(definition: Document, calls: Mapping[str, object]) -> str | None:
    """What a definition has that the sandbox does not run, in words; None where it runs all. `calls` has the calls of AWS."""
    states = as_object(definition.get("States"))
    if further := sorted(definition.keys() - {"Comment", "StartAt", "States", "Version"}):
        return f"{further[0]} of a state machine"
    if as_text(definition.get("StartAt")) not in states:
        return f"a definition without the state {definition.get('StartAt')!r} of StartAt"
    for name, value in states.items():
        if said := next(unknown_in(as_object(value), calls), None):
            return f"{said} of the state {name!r}"
        if stranger := next((target for target in targets(as_object(value)) if target not in states), None):
            return f"the way to {stranger!r}, which is no state, of the state {name!r}"
    return None


def targets(state: Document) -> Iterator[str]:
    """Names of the states that may come next."""
    ways = [state, *objects(state.get("Catch")), *objects(state.get("Choices"))]
    named = [as_text(way.get("Next")) for way in ways]
    return (name for name in [*named, as_text(state.get("Default"))] if name)


def unknown_in(state: Document, calls: Mapping[str, object]) -> Iterator[str]:
    """Words for each part of a state that the sandbox does not know."""
    kind = as_text(state.get("Type"))
    if kind not in FIELDS:
        yield f"the type {kind!r}"
        return
    yield from (f"the field {field}" for field in sorted(state.keys() - COMMON - FIELDS[kind]))
    if kind == "Task" and (call := call_of(state)) != RUN_TASK and call not in calls:
        yield f"the resource {as_text(state.get('Resource'))}"
    yield from (f"{field} in a Retry" for it in objects(state.get("Retry")) for field in sorted(it.keys() - RETRIER))
    for choice in objects(state.get("Choices")):
        yield from unknown_rule(choice)
    yield from (f"the function {name}" for name in functions_in(state) if name not in FUNCTIONS)


def unknown_rule(rule: Document) -> Iterator[str]:
    """Words for each comparison of a choice that the sandbox does not know."""
    yield from (
        f"the comparison {it}" for it in sorted(rule.keys() - RULES - COMPARISONS - {"Next", "Variable", "Comment"})
    )
    for key in RULES & rule.keys():
        for inner in objects(rule[key]):
            yield from unknown_rule(inner)


def functions_in(value: Json) -> Iterator[str]:
    """Names of the intrinsic functions anywhere in a value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str) and (key.endswith((".$", "Path"))) and (call := CALL.fullmatch(inner)):
                yield call[1]
            yield from functions_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from functions_in(inner)


def call_of(state: Document) -> str:
    """The call of a Task, such as `ecs:runTask.sync`; empty for another kind of resource."""
    _, found, call = as_text(state.get("Resource")).partition(":states:::")
    return call if found else ""
