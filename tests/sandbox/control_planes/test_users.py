"""Which user of Kubernetes a principal is, by its access entry."""

import os
from collections.abc import Iterator

import pytest
from moto.eks.models import Cluster, eks_backends
from moto.moto_api._internal.models import moto_api_backend

from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.control_planes.access import User, user_of
from slipway_sandbox.control_planes.tokens import TokenError
from slipway_sandbox.identities.principals import ADMINISTRATOR
from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol.readers import blocks, text
from slipway_sandbox.provider.protocol.wire import Value

os.environ.update(MOTO_ENVIRONMENT)

CLIENT = AwsClient()
REGION = "eu-west-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/platform/deploy"
SESSION = Principal(
    arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ann@example.com", account_id=ACCOUNT, kind="role", role_arn=ROLE
)
BEN = Principal(arn=f"arn:aws:iam::{ACCOUNT}:user/ben", account_id=ACCOUNT, kind="user")


@pytest.fixture(autouse=True)
def _empty_cloud() -> Iterator[None]:
    moto_api_backend.reset()
    yield
    moto_api_backend.reset()


def cluster(mode: str) -> Cluster:
    listed = CLIENT.call("ec2", "describe_subnets", REGION)
    subnets: Value = [text(subnet, "SubnetId") for subnet in blocks(listed, "Subnets")]
    CLIENT.call(
        "eks",
        "create_cluster",
        REGION,
        name="main",
        roleArn=ROLE,
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": mode},
    )
    return eks_backends[ACCOUNT][REGION].clusters["main"]


def enter(principal_arn: str, **members: Value) -> None:
    CLIENT.call("eks", "create_access_entry", REGION, clusterName="main", principalArn=principal_arn, **members)


def test_a_session_has_its_name_in_that_of_the_user() -> None:
    made = cluster("API")
    enter(ROLE)
    assert user_of(made, SESSION) == User(f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ann-example.com", ())


def test_an_entry_chooses_name_and_groups() -> None:
    made = cluster("API_AND_CONFIG_MAP")
    enter(ROLE, username="{{AccountID}}:{{SessionNameRaw}}", kubernetesGroups=["deployers"])
    enter(BEN.arn)
    assert user_of(made, SESSION) == User(f"{ACCOUNT}:ann@example.com", ("deployers",))
    assert user_of(made, BEN) == User(BEN.arn, ())


@pytest.mark.parametrize("mode", ["API", "CONFIG_MAP"])
def test_a_principal_without_an_entry_is_nobody(mode: str) -> None:
    made = cluster(mode)
    with pytest.raises(TokenError) as refused:
        user_of(made, SESSION)
    assert str(refused.value) == f"cluster main has no access entry for {ROLE}"


def test_the_creator_of_a_cluster_without_entries_is_its_administrator() -> None:
    assert user_of(cluster("CONFIG_MAP"), ADMINISTRATOR) == User("kubernetes-admin", ("system:masters",))
