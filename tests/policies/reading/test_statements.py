"""The meaning of policy statements."""

import pytest

from slipway_policies.engine.values import Plain, Value
from slipway_policies.reading import statements


def statement(**elements: Plain) -> Value:
    """A statement as rules see it."""
    return Value(elements, "s")


@pytest.mark.parametrize(
    ("condition", "fixed"),
    [
        ({"StringEquals": {"aws:SourceAccount": "123456789012"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": ["o-1"]}}, True),
        ({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::uploads"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-1/r-1/ou-1/*"]}}, True),
        ({"StringEquals": {"aws:SourceAccount": 123456789012}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["*/r-1/*"]}}, False),
        ({"Bool": {"aws:ViaAWSService": "true"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, False),
        ({"StringEquals": {"aws:SourceAccount": ["123456789012", "*"]}}, False),
        ({"StringEquals": {"aws:SourceAccount": []}}, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}, False),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringNotEquals": {"aws:SourceAccount": "123456789012"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        (None, False),
    ],
)
def test_only_a_fixed_value_under_a_known_key_says_who_may_call(condition: Plain, fixed: bool) -> None:
    assert statements.fixed_by_condition(statement(Condition=condition)) is fixed


@pytest.mark.parametrize(
    ("condition", "narrowed"),
    [
        (None, False),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, False),
        ({"ArnLikeIfExists": {"aws:SourceArn": ["arn:aws:sns:*", "**"]}}, False),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}}, False),
        ({"Bool": {"aws:SecureTransport": True}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:ResourceTag/team": "shop"}}, True),
        ({"StringEquals": {"aws:PrincipalArn": "*"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ],
)
def test_a_condition_narrows_only_when_it_may_leave_somebody_or_something_out(condition: Plain, narrowed: bool) -> None:
    assert statements.narrowed(statement(Condition=condition)) is narrowed


@pytest.mark.parametrize(
    ("condition", "refuses"),
    [
        ({"Bool": {"aws:SecureTransport": "false"}}, True),
        ({"Bool": {"aws:SecureTransport": False}}, True),
        ({"BoolIfExists": {"AWS:SecureTransport": ["false"]}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceAccount": "1"}}, False),
        ({"StringEquals": {"aws:SecureTransport": "false"}}, False),
    ],
)
def test_only_a_deny_of_everything_without_tls_refuses_it(condition: Plain, refuses: bool) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Condition": condition}
    assert statements.refuses_without_tls(Value({"Statement": deny}, "p"), "sqs:SendMessage") is refuses


@pytest.mark.parametrize(
    ("principal", "all_of_them"),
    [
        ("*", True),
        ({"AWS": ["arn:aws:iam::1:root", "*"]}, True),
        ({"Service": "*"}, True),
        ({"Federated": "*"}, True),
        ({"AWS": "arn:aws-us-gov:iam::1:root"}, False),
        ({"Service": "ec2.amazonaws.com.cn"}, False),
    ],
)
def test_a_star_of_any_kind_is_everybody(principal: Plain, all_of_them: bool) -> None:
    assert statements.anyone(statement(Principal=principal)) is all_of_them


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({}, True),
        ({"StringEquals": {"aws:SourceAccount": "1"}}, True),
        ({"StringEquals": {"aws:SourceAccount": "?"}}, False),
        ({"StringLike": {"aws:SourceAccount": "?"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": "1"}}, False),
        ({"StringNotEquals": {"aws:SourceAccount": "2"}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, None),
        ({"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceAccount": "2"}}, False),
    ],
)
def test_a_condition_holds_or_fails_or_cannot_be_told(condition: Plain, holds: bool | None) -> None:
    assert statements.condition_holds(statement(Condition=condition), {"aws:sourceaccount": "1"}) is holds


def test_a_pattern_of_many_stars_is_matched_in_no_time() -> None:
    assert not statements.matches("*a" * 200 + "b", "a" * 2000)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [("sqs:Send*", "SQS:sendmessage", True), ("sqs:Sen?Message", "sqs:SendMessage", True), ("[s]qs:*", "sqs:x", False)],
)
def test_patterns_know_star_and_question_mark_only(pattern: str, text: str, found: bool) -> None:
    assert statements.matches(pattern, text) is found
