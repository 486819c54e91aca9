"""Wildcards and variables of policies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from typing import NamedTuple

import pytest

from slipway_sandbox.authorization.evaluation.patterns import Pattern

ANN = {"aws:username": ("ann",), "aws:principaltag/team": ("red",), "aws:tagkeys": ("a", "b")}


class Case(NamedTuple):
    """A pattern, an ARN, and whether the pattern covers it."""

    pattern: str
    arn: str
    covers: bool


CASES = [
    Case("*", "arn:aws:sqs:eu-west-1:123456789012:jobs", True),
    Case("*", "*", True),
    Case("arn:*", "*", False),
    Case("arn:aws:sqs:*:123456789012:jobs", "arn:aws:sqs:eu-west-1:123456789012:jobs", True),
    Case("arn:aws:sqs:eu-*:123456789012:j?bs", "arn:aws:sqs:eu-west-1:123456789012:jobs", True),
    Case("arn:aws:sqs:eu-west-1:123456789012:Jobs", "arn:aws:sqs:eu-west-1:123456789012:jobs", False),
    Case("arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:123456789012:jobs", True),
    Case("arn:aws:sqs:*-1:jobs", "arn:aws:sqs:eu-west-1:123456789012-1:jobs", False),
    Case("arn:aws:s3:::shop/*", "arn:aws:s3:::shop/a/b:c", True),
    Case("arn:aws:s3:::shop", "arn:aws:s3:::shop/a", False),
    Case("arn:aws:s3:::shop/a.b", "arn:aws:s3:::shop/aXb", False),
    Case("arn:aws:logs:*:*:log-group:/ecs/app:*", "arn:aws:logs:eu-west-1:1:log-group:/ecs/app:log-stream:a/b", True),
    Case("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/ann/a", True),
    Case("arn:aws:s3:::home/${aws:UserName}/*", "arn:aws:s3:::home/eve/a", False),
    Case("arn:aws:s3:::${aws:PrincipalTag/team}-*", "arn:aws:s3:::red-a", True),
    Case("arn:aws:s3:::${aws:PrincipalTag/stage, 'dev'}-*", "arn:aws:s3:::dev-a", True),
    Case("arn:aws:s3:::${aws:PrincipalTag/stage}-*", "arn:aws:s3:::-a", False),
    Case("arn:aws:s3:::${aws:TagKeys}", "arn:aws:s3:::a", False),
    Case("arn:aws:s3:::a${*}b", "arn:aws:s3:::a*b", True),
    Case("arn:aws:s3:::a${*}b", "arn:aws:s3:::axb", False),
    Case("arn:aws:s3:::a${?}${$}b", "arn:aws:s3:::a?$b", True),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_resource_covers_arns_as_documented(case: Case) -> None:
    assert Pattern(case.pattern, has_variables=True).covers_arn(case.arn, ANN) is case.covers


def test_a_value_with_a_wildcard_is_no_wildcard() -> None:
    pattern = Pattern("arn:aws:s3:::${aws:username}", has_variables=True)
    assert not pattern.covers_arn("arn:aws:s3:::eve", {"aws:username": ("*",)})


def test_policies_of_2008_have_no_variables() -> None:
    pattern = Pattern("arn:aws:s3:::home/${aws:username}/*", has_variables=False)
    assert not pattern.covers_arn("arn:aws:s3:::home/ann/a", ANN)
    assert pattern.covers_arn("arn:aws:s3:::home/${aws:username}/a", ANN)


@pytest.mark.parametrize(
    ("pattern", "may_cover"),
    [
        ("*", True),
        ("arn:aws:ec2:*:*:vpc/*", True),
        ("arn:aws:ec2:eu-west-1:1:vpc/vpc-7", True),
        ("arn:aws:ec2:eu-west-1:1:subnet/*", False),
        ("arn:aws:sqs:*", False),
    ],
)
def test_an_arn_that_is_not_whole_counts_in_favour_of_the_call(pattern: str, may_cover: bool) -> None:
    assert Pattern(pattern, has_variables=True).may_cover("arn:aws:ec2:eu-west-1:1:vpc/*") is may_cover
