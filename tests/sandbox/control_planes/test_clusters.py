"""A cluster's control plane: from creation to deletion, over stops and kills of its sandbox."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from slipway_sandbox.control_planes import programs
from slipway_sandbox.process.held_files import holder, wait_until
from tests.sandbox.conftest import Box
from tests.support.commands import HANG_SECONDS
from tests.support.eks.api_server import ApiServer
from tests.support.eks.cluster import active, create_cluster
from tests.support.eks.control_plane import needs_control_plane
from tests.support.eks.get_token import token

pytestmark = [pytest.mark.eks, needs_control_plane]

NAMESPACES = "/api/v1/namespaces"
CONFIG_MAPS = f"{NAMESPACES}/default/configmaps"


def running(folder: Path) -> dict[str, int]:
    """Process numbers of a cluster's programs, by name."""
    locks = {lock.stem: holder(lock) for lock in folder.glob("*.lock")}
    return {name: pid for name, pid in sorted(locks.items()) if pid is not None}


def refusal(call: Any, **members: object) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**members)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_control_plane_lives_as_long_as_its_cluster(box: Box) -> None:
    box.must("start")
    assert not box.home.control_planes.exists(), "a sandbox without a cluster has none"
    api = ApiServer(create_cluster(box))
    keys = Credentials("sandbox", box.home.secret_key.read_text())
    (folder,) = box.home.control_planes.iterdir()
    first = running(folder)
    assert list(first) == sorted(programs.NAMES)

    # Everything of it belongs to its user alone.
    paths = [folder, *folder.rglob("*")]
    modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in paths if path.lstat().st_mode & 0o077}
    assert modes == {}, "a file or folder of the control plane is open to others"

    # It has one version.
    older = f"1.{int(programs.MINOR.partition('.')[2]) - 1}"
    says = f"the sandbox's control plane runs {programs.MINOR}; ask for that version, or for none"
    eks = box.client("eks")
    subnets = api.cluster["resourcesVpcConfig"]["subnetIds"]
    asked = {"name": "old", "roleArn": api.cluster["roleArn"], "resourcesVpcConfig": {"subnetIds": subnets}}
    code, message = refusal(eks.create_cluster, **asked, version=older)
    assert (code, message) == ("InvalidParameterException", f"unsupported Kubernetes version {older}: {says}")
    assert eks.list_clusters()["clusters"] == ["main"]
    newer = f"1.{int(programs.MINOR.partition('.')[2]) + 1}"
    code, message = refusal(eks.update_cluster_version, name="main", version=newer)
    assert (code, message) == ("InvalidParameterException", f"unsupported Kubernetes version {newer}: {says}")

    # A program that ends is started again.
    os.kill(first[programs.SCHEDULER], 9)
    assert wait_until(lambda: running(folder).get(programs.SCHEDULER) not in (None, first[programs.SCHEDULER]), 60)

    # Stopped and started again, it is as it was.
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept"}, "data": {"answer": "42"}}
    status, made = api.call("POST", CONFIG_MAPS, token("main", keys), settings)
    assert status == 201
    box.must("stop")
    assert running(folder) == {}
    box.must("start")
    again = active(box)
    assert (again["endpoint"], again["certificateAuthority"]) == (
        api.cluster["endpoint"],
        api.cluster["certificateAuthority"],
    )
    assert wait_until(lambda: answers(api), HANG_SECONDS)
    status, kept = api.call("GET", f"{CONFIG_MAPS}/kept", token("main", keys))
    assert (status, kept["data"], kept["metadata"]["uid"]) == (200, {"answer": "42"}, made["metadata"]["uid"])

    # A killed sandbox leaves nothing behind, and the next one goes on.
    box.saved()
    box.kill()
    assert list(running(folder)) == sorted(programs.NAMES), "a killed process ends no other"
    box.must("stop")
    assert running(folder) == {}
    box.must("start")
    assert wait_until(lambda: answers(api), HANG_SECONDS)
    assert api.call("GET", f"{CONFIG_MAPS}/kept", token("main", keys))[1]["data"] == {"answer": "42"}

    # It ends with its cluster, and its data with it.
    box.client("eks").delete_cluster(name="main")
    assert running(folder) == {}
    assert list(box.home.control_planes.iterdir()) == []
    with pytest.raises(OSError, match="refused"):
        api.status("GET", NAMESPACES)


def test_a_reset_ends_every_control_plane(box: Box) -> None:
    box.must("start")
    create_cluster(box)
    (folder,) = box.home.control_planes.iterdir()
    pids = running(folder)
    box.must("reset")
    assert not box.home.control_planes.exists()
    assert [pid for pid in pids.values() if Path(f"/proc/{pid}").exists()] == []


def answers(api: ApiServer) -> bool:
    """Whether the API server answers."""
    try:
        return api.status("GET", "/readyz") == 200
    except OSError:
        return False
