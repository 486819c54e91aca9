"""Conditions on organizations: accounts have one where one was made."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from slipway_sandbox import corrections
from slipway_sandbox.authorization.check import NotJudged, Refusal, refusal_of
from tests.support.sandbox.authorization.cloud import app, call, text
from tests.support.sandbox.authorization.identities import REGION

JOBS = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
SEND = call("sqs", "SendMessage", QueueUrl=JOBS, MessageBody="hello")


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    corrections.install()
    with mock_aws():
        yield boto3.Session("key", "secret", region_name=REGION)


def verdict(session: boto3.Session, condition: Any) -> Refusal | NotJudged | None:
    """What becomes of a message of `app`, whose policy has this condition."""
    iam = session.client("iam")
    iam.create_role(RoleName="app", Path="/team/", AssumeRolePolicyDocument=text())
    session.client("sqs").create_queue(QueueName="jobs")
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition}
    iam.put_role_policy(RoleName="app", PolicyName="app", PolicyDocument=text(statement))
    return refusal_of(SEND, app())


def test_an_account_in_no_organization_has_no_id(session: boto3.Session) -> None:
    refused = verdict(session, {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})
    assert isinstance(refused, Refusal)
    assert refused.code == "AccessDenied"


@pytest.mark.parametrize("key", ["aws:PrincipalOrgID", "aws:ResourceOrgID"])
def test_the_account_has_the_id_of_its_organization(session: boto3.Session, key: str) -> None:
    own = session.client("organizations").create_organization()["Organization"]["Id"]
    assert verdict(session, {"StringEquals": {key: own}}) is None


def test_another_organization_is_refused(session: boto3.Session) -> None:
    session.client("organizations").create_organization()
    assert isinstance(verdict(session, {"StringEquals": {"aws:PrincipalOrgID": "o-another"}}), Refusal)


def test_a_path_leads_from_the_organization_to_the_unit_of_the_account(session: boto3.Session) -> None:
    organizations = session.client("organizations")
    organization = organizations.create_organization()["Organization"]["Id"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="shop")["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId="123456789012", SourceParentId=root, DestinationParentId=unit)
    condition = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{organization}/{root}/{unit}/*"}}
    assert verdict(session, condition) is None
