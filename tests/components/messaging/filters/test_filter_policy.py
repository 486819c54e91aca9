"""Filter policies: AWS's grammar and limits, before anything is deployed."""

from typing import Any

import pytest

from slipway import ArgumentError
from slipway.messaging.filters._policy import check_filter_policy, measure

GOOD: list[dict[str, Any]] = [
    {"kind": ["physical", None, True, 3, 1.5]},
    {"kind": [{"prefix": "eu-"}, {"suffix": ".png"}, {"equals-ignore-case": "Physical"}]},
    {"kind": [{"wildcard": "a*b*c*"}, {"cidr": "10.0.0.0/24"}, {"cidr": "2001:db8::/32"}]},
    {"kind": [{"anything-but": "a"}], "size": [{"anything-but": ["a", "b"]}], "price": [{"anything-but": [1, 2]}]},
    {"kind": [{"anything-but": {"prefix": "eu-"}}], "size": [{"anything-but": {"suffix": "x"}}]},
    {"price": [{"numeric": ["=", 1]}, {"numeric": [">", 0, "<=", 1000000000]}, {"numeric": ["<", -1.00001]}]},
    {"kind": [{"exists": False}]},
    {"source": ["a"], "$or": [{"metric": ["b"]}, {"namespace": ["c"]}]},
]


@pytest.mark.parametrize("policy", GOOD)
def test_what_sns_takes_is_taken(policy: dict[str, Any]) -> None:
    check_filter_policy("X", "filter_policy", policy, "MessageAttributes")


# The first is AWS's example of attributes, the second its example of nested keys: 4 values x 3 levels x 3 x 2 x 3 x 1.
# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
@pytest.mark.parametrize(
    ("policy", "keys", "combinations"),
    [
        ({"key_a": ["v1", "v2", "v3"], "key_b": ["v1"], "key_c": ["v1", "v2"]}, 3, 6),
        (
            {
                "key_a": {"key_b": {"key_c": ["v1", "v2", "v3", "v4"]}},
                "key_d": {"key_e": ["v1", "v2", "v3"]},
                "key_f": ["v1", "v2", "v3"],
            },
            3,
            216,
        ),
        ({"a": ["v1", "v2"], "$or": [{"b": ["v1", "v2"]}, {"c": ["v1"]}]}, 3, 6),
    ],
)
def test_combinations_are_counted_as_sns_does(policy: dict[str, Any], keys: int, combinations: int) -> None:
    found, count = measure("X", "filter_policy", policy, "MessageBody", 1)
    assert (len(found), count) == (keys, combinations)


OPERATORS = "anything-but, cidr, equals-ignore-case, exists, numeric, prefix, suffix, wildcard"
PLAIN = "must be a string, a number, true, false, null or one operator"
RANGE = 'write [">=", 0, "<", 10]'
BILLION = "must be a number from -1000000000 to 1000000000"

BAD: list[tuple[dict[str, Any], str]] = [
    ({"a": "v"}, "a must be a list, got 'v'"),
    ({"a": 3}, "a must be a list, got 3"),
    ({"a": []}, "a must have at least one entry, got none; for example [physical]"),
    (
        {"a": {"b": ["v"]}},
        "a must be a list, got {'b': ['v']}; attributes have no parts, set filter_policy_scope to MessageBody",
    ),
    ({"a": [["v"]]}, f"a[0] {PLAIN}, got ['v']; the operators are {OPERATORS}"),
    ({"a": ["v", {}]}, f"a[1] {PLAIN}, got {{}}; the operators are {OPERATORS}"),
    (
        {"a": [{"prefix": "x", "suffix": "y"}]},
        f"a[0] {PLAIN}, got {{'prefix': 'x', 'suffix': 'y'}}; the operators are {OPERATORS}",
    ),
    ({"a": [{"contains": "x"}]}, f"a[0].contains is no operator of SNS; the operators are {OPERATORS}"),
    ({"a": [{"prefix": ""}]}, "a[0].prefix must be a string of at least one character, got ''"),
    ({"a": [{"suffix": 3}]}, "a[0].suffix must be a string of at least one character, got 3"),
    ({"a": [{"cidr": "10.0.0.0"}]}, "a[0].cidr must be a network, got '10.0.0.0'; write it like 10.0.0.0/24"),
    ({"a": [{"cidr": "office"}]}, "a[0].cidr must be a network, got 'office'; write it like 10.0.0.0/24"),
    ({"a": [{"cidr": None}]}, "a[0].cidr must be a string of at least one character, got None"),
    ({"a": [{"equals-ignore-case": []}]}, "a[0].equals-ignore-case must be a string of at least one character, got []"),
    (
        {"a": [{"wildcard": "a*b*c*d*"}]},
        "a[0].wildcard must have at most 3 asterisks and no two in a row, got 'a*b*c*d*'; that is the limit of SNS",
    ),
    (
        {"a": [{"wildcard": "a**"}]},
        "a[0].wildcard must have at most 3 asterisks and no two in a row, got 'a**'; that is the limit of SNS",
    ),
    ({"a": [{"exists": "true"}]}, "a[0].exists must be true or false, got 'true'"),
    ({"a": [{"exists": 1}]}, "a[0].exists must be true or false, got 1"),
    ({"a": [1000000001]}, f"a[0] {BILLION}, got 1000000001"),
    ({"a": [0.000001]}, "a[0] must have at most 5 digits after the decimal point, got 1e-06"),
    ({"a": [{"numeric": 5}]}, f"a[0].numeric must be a comparison or a range, got 5; {RANGE}"),
    ({"a": [{"numeric": []}]}, f"a[0].numeric must be a comparison or a range, got []; {RANGE}"),
    ({"a": [{"numeric": ["!=", 5]}]}, f"a[0].numeric must be a comparison or a range, got ['!=', 5]; {RANGE}"),
    ({"a": [{"numeric": [">"]}]}, f"a[0].numeric must be a comparison or a range, got ['>']; {RANGE}"),
    (
        {"a": [{"numeric": ["<", 5, ">", 0]}]},
        f"a[0].numeric must be a comparison or a range, got ['<', 5, '>', 0]; {RANGE}",
    ),
    (
        {"a": [{"numeric": [">", 0, ">", 5]}]},
        f"a[0].numeric must be a comparison or a range, got ['>', 0, '>', 5]; {RANGE}",
    ),
    ({"a": [{"numeric": ["=", "5"]}]}, f"a[0].numeric[1] {BILLION}, got '5'"),
    ({"a": [{"numeric": ["=", True]}]}, f"a[0].numeric[1] {BILLION}, got True"),
    ({"a": [{"numeric": [">", -2000000000]}]}, f"a[0].numeric[1] {BILLION}, got -2000000000"),
    ({"a": [{"numeric": [">", float("nan")]}]}, f"a[0].numeric[1] {BILLION}, got nan"),
    (
        {"a": [{"numeric": [">", 5, "<", 5]}]},
        "a[0].numeric must be a range with room in it, got ['>', 5, '<', 5]; nothing would match",
    ),
    ({"a": [{"anything-but": []}]}, "a[0].anything-but must have at least one entry, got none; for example [physical]"),
    ({"a": [{"anything-but": [None]}]}, f"a[0].anything-but[0] {BILLION}, got None"),
    (
        {"a": [{"anything-but": {"numeric": ["=", 1]}}]},
        "a[0].anything-but must have one of prefix, suffix, wildcard, equals-ignore-case, got {'numeric': ['=', 1]}",
    ),
    (
        {"a": [{"anything-but": {"prefix": ""}}]},
        "a[0].anything-but.prefix must be a string of at least one character, got ''",
    ),
    ({"$or": {"a": ["v"]}}, "$or must be a list of two or more mappings, got {'a': ['v']}"),
    ({"$or": [{"a": ["v"]}]}, "$or must be a list of two or more mappings, got [{'a': ['v']}]"),
    ({"$or": [{"a": ["v"]}, {"b": "v"}]}, "$or[1].b must be a list, got 'v'"),
    (
        {"$or": [{"a": [{"anything-but": "v"}]}, {"b": ["v"]}, {"a": [{"anything-but": "w"}]}]},
        "$or on a must have at most one anything-but, got [{'anything-but': 'v'}, {'anything-but': 'w'}]; "
        'SNS delivers what any entry lets through, write [{"anything-but": ["v", "w"]}]',
    ),
    (
        {"$or": [{"a": ["v"]}, {"b": ["v"], "$or": [{"c": [{"exists": True}]}, {"c": ["w"]}]}]},
        '$or[1].$or on c must have no entry beside {"exists": true}, '
        "got [{'exists': True}, 'w']; it lets through every message with the key, remove one",
    ),
]


@pytest.mark.parametrize(("policy", "sentence"), BAD)
def test_what_sns_would_refuse_is_refused(policy: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_filter_policy("X", "filter_policy", policy, "MessageAttributes")
    assert str(caught.value) == f"X: filter_policy.{sentence}"


def test_a_body_may_be_nested_and_its_empty_part_is_refused() -> None:
    check_filter_policy("X", "f", {"order": {"kind": ["physical"]}}, "MessageBody")
    with pytest.raises(ArgumentError) as caught:
        check_filter_policy("X", "f", {"order": {}}, "MessageBody")
    assert str(caught.value) == 'X: f.order must have at least one entry, got none; for example {"kind": ["physical"]}'


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ({key: ["v"] for key in "abcdef"}, "must name at most 5 attributes, got 6; that is the limit of SNS"),
        (
            {"a": list(map(str, range(151)))},
            "must have at most 150 combinations of values, got 151; that is the limit of SNS",
        ),
        ({"a": ["v" * 262144]}, "must be at most 262144 bytes of JSON; that is the limit of SNS"),
    ],
)
def test_a_filter_beyond_the_limits_is_refused(policy: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_filter_policy("X", "f", policy, "MessageAttributes")
    assert str(caught.value) == f"X: f {sentence}"


def test_a_filter_without_end_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(ArgumentError) as caught:
        check_filter_policy("X", "filter_policy", endless, "MessageBody")
    assert str(caught.value) == "X: filter_policy must have at most 150 levels, got more; that is the limit of SNS"


def test_keys_of_a_filter_are_strings() -> None:
    with pytest.raises(ArgumentError) as caught:
        check_filter_policy("X", "filter_policy", {3: ["v"]}, "MessageBody")  # type: ignore[dict-item]
    assert str(caught.value) == "X: the keys of filter_policy must be strings, got 3"
