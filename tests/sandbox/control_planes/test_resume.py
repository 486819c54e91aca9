"""What a sandbox does at its start with the control planes of an earlier one, on a machine without the programs."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from moto.eks.models import Cluster, eks_backends
from moto.moto_api._internal.models import moto_api_backend

from slipway_sandbox.control_planes import programs
from slipway_sandbox.control_planes.access import Access
from slipway_sandbox.control_planes.cluster_files import ClusterFiles, Settings
from slipway_sandbox.control_planes.clusters import Containers, ControlPlanes
from slipway_sandbox.identities.principals import Principals
from slipway_sandbox.identities.sessions import Sessions
from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol.readers import blocks, text
from slipway_sandbox.provider.protocol.wire import Value

os.environ.update(MOTO_ENVIRONMENT)

CLIENT = AwsClient()
REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def _empty_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    moto_api_backend.reset()
    yield
    moto_api_backend.reset()


def cluster() -> Cluster:
    listed = CLIENT.call("ec2", "describe_subnets", REGION)
    subnets: Value = [text(subnet, "SubnetId") for subnet in blocks(listed, "Subnets")]
    role = "arn:aws:iam::123456789012:role/eks"
    CLIENT.call("eks", "create_cluster", REGION, name="main", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
    return eks_backends["123456789012"][REGION].clusters["main"]


def planes(folder: Path) -> ControlPlanes:
    access = Access(Principals(Sessions()), "secret")
    return ControlPlanes(folder, access, nullcontext, lambda: None, Containers("owner", "localhost:5000"))


def test_a_cluster_whose_programs_are_gone_has_failed_and_status_says_so(tmp_path: Path) -> None:
    made = cluster()
    folder = tmp_path / "control-planes" / "main-8530ac6f"
    ClusterFiles(folder).make(Settings(made.arn, 20999, "172.20.0.0/16", "https://issuer"))
    found = planes(folder.parent)
    found.resume()
    assert (made.status, folder.exists(), found.pids()) == ("FAILED", True, {})
    assert found.has(made.arn)
    assert found.lacking() == [
        f"EKS clusters have no control plane: {programs.folder()} lacks its programs; run `make ready-eks` in a checkout of "
        "Slipway, then `slipway sandbox stop` and start"
    ]


def test_a_record_stays_a_record(tmp_path: Path) -> None:
    made = cluster()
    found = planes(tmp_path / "control-planes")
    found.resume()
    assert (made.status, found.has(made.arn), found.lacking()) == ("ACTIVE", False, [])


def test_what_is_left_of_other_clusters_is_removed(tmp_path: Path) -> None:
    cluster()
    folder = tmp_path / "control-planes"
    ClusterFiles(folder / "gone-1").make(Settings("arn:aws:eks:x:1:cluster/gone", 20999, "172.20.0.0/16", "https://i"))
    (folder / "half-2").mkdir()
    found = planes(folder)
    found.resume()
    assert list(folder.iterdir()) == []
    assert found.lacking() == []
