"""Lists of conditions of SNS and EventBridge: which of them let through what they keep out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Filter:
    """The conditions on one key."""

    conditions: Sequence[object]
    rule: str | None
    """The broken rule; None for a list that means what it says."""
    fix: str = ""

    @property
    def name(self) -> str:
        """The conditions as text."""
        return str(self.conditions)


SEVERAL = "must have at most one anything-but"
BESIDE_EXISTS = 'must have no entry beside {"exists": true}'
LET_IN_AGAIN = "must not let in again what anything-but keeps out"
EVERY_NUMBER = "must leave some number out"

NOT_A, NOT_B = {"anything-but": {"prefix": "a"}}, {"anything-but": {"prefix": "b"}}
BELOW, FROM = {"numeric": ["<", 10]}, {"numeric": [">=", 10]}

FILTERS = [
    Filter([NOT_A, NOT_B], SEVERAL, "keep one, or list the wanted values"),
    Filter([{"anything-but": ["a"]}, {"anything-but": ["b"]}], SEVERAL, 'write [{"anything-but": ["a", "b"]}]'),
    Filter([{"anything-but": "a"}, {"anything-but": "b"}, "c"], SEVERAL, 'write [{"anything-but": ["a", "b"]}]'),
    Filter([{"anything-but": 1}, {"anything-but": [1, 2]}], SEVERAL, 'write [{"anything-but": [1, 2]}]'),
    Filter([{"anything-but": 1}, {"anything-but": "a"}], SEVERAL, "keep one, or list the wanted values"),
    Filter([{"exists": True}, {"exists": False}], BESIDE_EXISTS),
    Filter([{"exists": True}, {"anything-but": "a"}], BESIDE_EXISTS),
    Filter([{"prefix": "a"}, {"exists": True}], BESIDE_EXISTS),
    Filter([{"anything-but": ["a", "b"]}, "a", "b"], LET_IN_AGAIN),
    Filter([{"anything-but": "order"}, {"prefix": "or"}], LET_IN_AGAIN),
    Filter([{"anything-but": {"prefix": "ab"}}, {"prefix": "a"}], LET_IN_AGAIN),
    Filter([{"anything-but": {"suffix": ".png"}}, {"suffix": "png"}], LET_IN_AGAIN),
    Filter([{"anything-but": 5}, {"numeric": [">", 0]}], LET_IN_AGAIN),
    Filter([BELOW, FROM], EVERY_NUMBER),
    Filter([FROM, {"numeric": ["<=", 12]}], EVERY_NUMBER),
    Filter([{"numeric": ["<", 0]}, 0, {"numeric": [">", 0]}], EVERY_NUMBER),
    Filter([{"numeric": ["<", 0]}, {"numeric": [">=", 0, "<", 5]}, {"numeric": [">=", 5]}], EVERY_NUMBER),
    Filter([NOT_A], None),
    Filter([NOT_A, "ab"], None),
    Filter([NOT_A, {"exists": False}], None),
    Filter([{"anything-but": ["a", "b"]}, "a"], None),
    Filter([{"anything-but": {"prefix": "a"}}, {"prefix": "ab"}], None),
    Filter([{"anything-but": {"prefix": "a"}}, {"suffix": "a"}], None),
    Filter([{"anything-but": 5}, {"numeric": [">", 5]}], None),
    Filter([{"anything-but": 5}, "5"], None),
    Filter([{"exists": True}], None),
    Filter([{"exists": False}, "a"], None),
    Filter([BELOW, {"numeric": [">", 10]}], None),
    Filter([BELOW, {"numeric": [">=", 10, "<", 20]}], None),
    Filter([{"numeric": [">=", -5, "<", 5]}], None),
    Filter(["a", "b", {"prefix": "c"}, None, True], None),
]
