"""Cases of the rules in `sns.filters`: Filters of messages and events."""

import json

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import SUBSCRIPTION
from tests.support.policies.samples import Case

EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"
NOT_A, NOT_B = {"anything-but": {"prefix": "a"}}, {"anything-but": {"prefix": "b"}}
SEVERAL = "has a list of conditions on one key that must have at most one anything-but"
BESIDE_EXISTS = "has a list of conditions on one key that must have no entry beside"


def filtering(policy: object) -> dict[str, object]:
    """A subscription with a filter."""
    return {"filterPolicy": json.dumps(policy)}


def matching(pattern: object) -> dict[str, object]:
    """An EventBridge rule with a pattern."""
    return {"eventPattern": json.dumps(pattern)}


CASES: list[Case] = [
    Case(
        rule="message-filter-reach",
        kind=SUBSCRIPTION,
        passes=[
            {},
            {"filterPolicy": "{}"},
            filtering({"id": [NOT_A], "kind": [NOT_B]}),
            filtering({"$or": [{"id": [NOT_A]}, {"kind": [NOT_B]}]}),
            filtering({"$or": [{"id": [NOT_A], "size": [1]}, {"id": [NOT_B]}]}),
            filtering({"id": [NOT_A, {"exists": False}]}),
        ],
        fails=[
            (filtering({"id": [NOT_A, NOT_B]}), [f"filterPolicy {SEVERAL}"]),
            (filtering({"order": {"kind": [{"exists": True}, "a"]}}), [f"filterPolicy {BESIDE_EXISTS}"]),
            (filtering({"$or": [{"id": [NOT_A]}, {"id": [NOT_B]}]}), [f"filterPolicy {SEVERAL}"]),
            (
                filtering({"id": [NOT_A, NOT_B], "kind": [{"exists": True}, "a"], "size": [NOT_A, NOT_B]}),
                [f"filterPolicy {SEVERAL}", f"filterPolicy {BESIDE_EXISTS}"],
            ),
            ({"filterPolicy": "no JSON"}, ["filterPolicy is not a JSON document"]),
        ],
        waits=[{"filterPolicy": UNKNOWN}],
    ),
    Case(
        rule="message-filter-reach",
        kind=EVENT_RULE,
        passes=[
            {"scheduleExpression": "rate(1 day)"},
            matching({"source": ["aws.ec2"], "detail": {"state": [{"anything-but": {"prefix": ["a", "b"]}}]}}),
        ],
        fails=[
            (matching({"detail": {"state": [NOT_A, NOT_B]}}), [f"eventPattern {SEVERAL}"]),
            (
                matching({"detail": {"$or": [{"c": [{"numeric": ["<", 3]}]}, {"c": [{"numeric": [">", 2]}]}]}}),
                ["eventPattern has a list of conditions on one key that must leave some number out"],
            ),
        ],
        waits=[{"eventPattern": UNKNOWN}],
    ),
]
