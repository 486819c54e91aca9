"""Every rule against properties of any shape: no exception, no crash behind the guard, no value in a message."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policies.rules.cases import CASES, GRAPH_CASES
from tests.support.policies.analyzer import UNKNOWN, Node, analyze, analyze_stack, secret, start_pack, start_rule
from tests.support.policies.graph_samples import SUBSCRIPTION, GraphCase, changed
from tests.support.policies.samples import QUEUE, QUEUE_POLICY, TOPIC, Case
from tests.support.policies.subscriptions import deployed_subscription

CANARY = "canary-3f9c"
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([CANARY, f"arn:aws:sns:eu-west-1:1:{CANARY}", f"{{{CANARY}", UNKNOWN, "", "*", "-1", "true"]),
)
SHAPES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "x"]), inner),
    max_leaves=4,
)


def parsed(value: Any) -> Any:
    """The value with its JSON texts parsed, for mutations inside of them."""
    if isinstance(value, dict):
        return {key: parsed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [parsed(inner) for inner in value]
    if isinstance(value, str) and value.startswith(('{"', "[{")):
        return {"json": json.loads(value)}
    return value


def written(value: Any) -> Any:
    """The reverse of `parsed`."""
    if isinstance(value, dict):
        if list(value) == ["json"]:
            return json.dumps(value["json"])
        return {key: written(inner) for key, inner in value.items()}
    return [written(inner) for inner in value] if isinstance(value, list) else value


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The path of every member and element."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in members for place in ((*path, key), *places(inner, (*path, key)))]


def mutate(data: st.DataObject, props: dict[str, Any]) -> dict[str, Any]:
    """The properties with up to three places replaced by anything, some of it secret."""
    result = parsed(copy.deepcopy(props)) or {"policy": None}
    for _ in range(data.draw(st.integers(1, 3))):
        *above, last = data.draw(st.sampled_from(places(result)))
        target = result
        for key in above:
            target = target[key]
        target[last] = data.draw(SHAPES)
    plain: dict[str, Any] = written(result)
    return {key: secret(value) if data.draw(st.booleans()) else value for key, value in plain.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.kind.rpartition(':')[2]}")
def test_no_value_is_ever_quoted(case: Case) -> None:
    servicer = start_rule(case.rule, case.config)
    for props in [*case.passes, *case.waits, *(props for props, _ in case.fails)]:
        for *above, last in places(parsed(props)):
            for marked in (CANARY, 421337.0, [CANARY], {CANARY: CANARY}):
                changed = parsed(copy.deepcopy(props))
                target = changed
                for key in above:
                    target = target[key]
                old = target[last]
                target[last] = f"{old}{CANARY}" if isinstance(old, str) and marked == CANARY else marked
                for one in [*analyze(servicer, case.kind, written(changed)), *analyze_stack(servicer)]:
                    assert CANARY not in one.message
                    assert "421337" not in one.message


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.kind.rpartition(':')[2]}")
@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_no_shape_of_properties_stops_a_rule_or_leaks(case: Case, data: st.DataObject) -> None:
    examples = [*case.passes, *(props for props, _ in case.fails)]
    props = mutate(data, data.draw(st.sampled_from(examples)))
    servicer = start_rule(case.rule, case.config)
    shown = [*analyze(servicer, case.kind, props), *analyze_stack(servicer)]
    for one in shown:
        assert "failed here" not in one.message
        assert CANARY not in one.message


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_stack_stops_a_graph_rule_or_leaks(data: st.DataObject) -> None:
    allow = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
    kinds = [(SUBSCRIPTION, "billing"), (TOPIC, "orders"), (QUEUE, "billing"), (QUEUE_POLICY, "billing")]
    nodes = [
        Node(
            node.type,
            node.name,
            mutate(data, dict(node.props)),
            data.draw(
                st.dictionaries(st.sampled_from(["endpoint", "topic", "queueUrl", "policy"]), st.sampled_from(kinds))
            ),
        )
        for node in deployed_subscription(allow)
    ]
    for one in analyze_stack(start_pack(), *nodes):
        assert "failed here" not in one.message
        assert CANARY not in one.message


@pytest.mark.parametrize("case", GRAPH_CASES, ids=lambda case: case.rule)
@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_no_stack_of_the_tables_stops_a_graph_rule_or_leaks(case: GraphCase, data: st.DataObject) -> None:
    change = data.draw(st.sampled_from([*case.fails, *case.waits, *case.passes]))
    nodes = [
        replace(node, props=mutate(data, dict(node.props))) if data.draw(st.booleans()) else node
        for node in changed(case.stack, change)
    ]
    for one in analyze_stack(start_rule(case.rule, case.config), *nodes):
        assert "failed here" not in one.message
        assert CANARY not in one.message
