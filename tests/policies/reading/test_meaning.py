"""Arithmetic of networks, the meaning of policy statements, and what counts as a secret: pure tables."""

from typing import Any

import pytest

from slipway_policies.engine.values import Value
from slipway_policies.reading import networks, secrets_in_text, statements
from slipway_policies.reading.networks import Grant

RFC_1918_LEFT_OUT = (
    "1.0.0.0/8 2.0.0.0/7 4.0.0.0/6 8.0.0.0/7 11.0.0.0/8 12.0.0.0/6 16.0.0.0/4 32.0.0.0/3 64.0.0.0/2 "
    "128.0.0.0/3 160.0.0.0/5 168.0.0.0/6 172.0.0.0/12 172.32.0.0/11 172.64.0.0/10 172.128.0.0/9 173.0.0.0/8 "
    "174.0.0.0/7 176.0.0.0/4 192.0.0.0/9 192.128.0.0/11 192.160.0.0/13 192.169.0.0/16 192.170.0.0/15 "
    "192.172.0.0/14 192.176.0.0/12 192.192.0.0/10 193.0.0.0/8 194.0.0.0/7 196.0.0.0/6 200.0.0.0/5 208.0.0.0/4"
)


def nets(text: str) -> list[networks.Network]:
    """CIDRs between spaces."""
    found = [networks.parse_network(one) for one in text.split()]
    assert None not in found, text
    return [one for one in found if one is not None]


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("0.0.0.0/0", True),
        ("10.1.2.3/0", True),
        ("0.0.0.0/1 128.0.0.0/1", True),
        (RFC_1918_LEFT_OUT, True),
        (RFC_1918_LEFT_OUT.replace("16.0.0.0/4", "16.0.0.0/5"), False),
        ("0.0.0.0/1 128.0.0.0/2", False),
        ("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16", False),
        ("::/0", True),
        ("0::0/0", True),
        ("2000::/3", True),
        ("2000::/4 3000::/4", True),
        ("2000::/4", False),
        ("fd00::/8", False),
        ("", False),
    ],
)
def test_networks_cover_the_internet_by_their_sum(text: str, covers: bool) -> None:
    assert networks.covers_the_internet(nets(text)) is covers


@pytest.mark.parametrize("text", ["", "everywhere", "10.0.0.0/33", "10.0.0/8", "sg-1234"])
def test_what_is_no_cidr_is_told_apart(text: str) -> None:
    assert networks.parse_network(text) is None


def test_touching_intervals_of_open_ports_are_one_and_half_open_ones_none() -> None:
    [internet, low, high] = nets("0.0.0.0/0 0.0.0.0/1 128.0.0.0/1")
    grants = [
        Grant("tcp", 80, 80, internet, "a"),
        Grant("tcp", 81, 90, internet, "b"),
        Grant("tcp", 100, 120, low, "c"),
        Grant("tcp", 110, 130, high, "d"),
        Grant("udp", 0, 65535, low, "e"),
    ]
    assert networks.open_ports(grants, "tcp") == [(80, 90), (110, 120)]
    assert networks.open_ports(grants, "udp") == []
    assert [grant.path for grant in networks.opening(grants, "tcp", 115)] == ["c", "d"]


def statement(**elements: Any) -> Value:
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
def test_only_a_fixed_value_under_a_known_key_says_who_may_call(condition: Any, fixed: bool) -> None:
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
def test_a_condition_narrows_only_when_it_may_leave_somebody_or_something_out(condition: Any, narrowed: bool) -> None:
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
def test_only_a_deny_of_everything_without_tls_refuses_it(condition: Any, refuses: bool) -> None:
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
def test_a_star_of_any_kind_is_everybody(principal: Any, all_of_them: bool) -> None:
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
def test_a_condition_holds_or_fails_or_cannot_be_told(condition: Any, holds: bool | None) -> None:
    assert statements.condition_holds(statement(Condition=condition), {"aws:sourceaccount": "1"}) is holds


def test_a_pattern_of_many_stars_is_matched_in_no_time() -> None:
    assert not statements.matches("*a" * 200 + "b", "a" * 2000)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [("sqs:Send*", "SQS:sendmessage", True), ("sqs:Sen?Message", "sqs:SendMessage", True), ("[s]qs:*", "sqs:x", False)],
)
def test_patterns_know_star_and_question_mark_only(pattern: str, text: str, found: bool) -> None:
    assert statements.matches(pattern, text) is found


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ghp_" + "a1B2" * 9, True),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2", True),
        ("amqps://user:pa55@host", True),
        ("amqps://user:${PASSWORD}@host", False),
        ("https://host/path:8080@x", False),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", False),
        ("#!/bin/bash", False),
    ],
)
def test_keys_are_known_by_their_shape(text: str, key: bool) -> None:
    assert secrets_in_text.holds_a_key(text) is key


@pytest.mark.parametrize(
    "name", ["DB_PASS", "MYSQL_PWD", "RAILS_MASTER_KEY", "dbPassword", "GITHUB_TOKEN", "API_TOKENS"]
)
def test_a_name_promises_a_secret(name: str) -> None:
    assert secrets_in_text.name_sounds_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_NAME",
        "OPENAI_MAX_TOKENS",
        "TOKENIZER",
        "TOKENS_PER_MINUTE",
        "USE_TOKEN_AUTH",
        "PASSWORD_HASHER",
        "PASSWORDLESS_LOGIN",
        "NEXT_PUBLIC_API_KEY",
        "AUTH_TOKEN_VALIDITY",
        "SIGNING_KEY_ALIAS",
        "COMPASS",
    ],
)
def test_a_name_only_speaks_about_a_secret(name: str) -> None:
    assert not secrets_in_text.name_sounds_secret(name)
