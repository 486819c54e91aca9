"""Other accounts: each is a cloud of its own, reached by a role in it that trusts the caller's account.

A new account of an organization has one role to begin with.
Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
"""

import json
import re

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends

from slipway_sandbox.authorization.model import Principal

MEMBER_ROLE = "OrganizationAccountAccessRole"
MEMBER_ROLE_ARN = re.compile(rf"arn:aws:iam::(?P<account>\d{{12}}):role/{MEMBER_ROLE}")
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"


def open_member_account(role_arn: str, principal: Principal) -> None:
    """Makes the first role of another account, where the management account asks for it and it is not there yet."""
    found = MEMBER_ROLE_ARN.fullmatch(role_arn)
    if found is None or found["account"] == DEFAULT_ACCOUNT_ID or principal.account_id != DEFAULT_ACCOUNT_ID:
        return
    backend = iam_backends[found["account"]]["aws"]
    if any(role.name == MEMBER_ROLE for role in backend.get_roles()):
        return
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    backend.create_role(
        role_name=MEMBER_ROLE,
        assume_role_policy_document=json.dumps(trust),
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    backend.attach_role_policy(ADMINISTRATOR_ACCESS, MEMBER_ROLE)
