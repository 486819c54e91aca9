"""The registry behind the front: as a container it listens on a port, and answers only under a secret path."""

import http.client
import json
import subprocess
from pathlib import Path

import pytest
from moto.ecr.models import ecr_backends

from slipway_sandbox.process.held_files import wait_until
from slipway_sandbox.process.ports import LOOPBACK, free_ports
from slipway_sandbox.provider.aws.identity.resolution import ACCOUNT
from slipway_sandbox.registry import binary
from slipway_sandbox.registry.front import RegistryFront
from slipway_sandbox.registry.storage import Storage
from slipway_sandbox.registry.upstream import PortUpstream, ask
from tests.support.commands import HANG_SECONDS


def location(port: int, path: str) -> tuple[int, str]:
    """Status of a request for an upload, and where to send it."""
    connection = http.client.HTTPConnection("localhost", port, timeout=HANG_SECONDS)
    try:
        connection.request("POST", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "").partition("?")[0]
    finally:
        connection.close()


def test_the_secret_path_is_the_fronts_alone(tmp_path: Path) -> None:
    program = binary.find()
    if program is None:
        pytest.skip("no docker-registry on this machine")
    behind, port = free_ports(2, [LOOPBACK])
    upstream = PortUpstream(behind, "/secret")
    config = {
        "version": "0.1",
        "storage": {"filesystem": {"rootdirectory": str(tmp_path)}},
        "http": {"addr": f"{LOOPBACK}:{behind}", "prefix": "/secret/", "relativeurls": True},
    }
    (tmp_path / "config.yml").write_text(json.dumps(config))
    ecr_backends[ACCOUNT]["eu-west-1"].create_repository("behind", None, {}, None, "MUTABLE", [])
    with subprocess.Popen([program, "serve", str(tmp_path / "config.yml")], stderr=subprocess.DEVNULL) as registry:
        try:
            assert wait_until(lambda: ask(upstream, "GET", "/v2/") == 200, HANG_SECONDS)
            front = RegistryFront(port, upstream, Storage(tmp_path, upstream))
            try:
                status, where = location(port, "/v2/behind/blobs/uploads/")
                assert (status, where.rpartition("/")[0]) == (202, "/v2/behind/blobs/uploads")
                assert location(behind, "/v2/behind/blobs/uploads/")[0] == 404
            finally:
                front.stop()
        finally:
            registry.terminate()
            del ecr_backends[ACCOUNT]["eu-west-1"].repositories["behind"]
