"""A service whose front changes, on the real engine: each change is one update, and callers are answered meanwhile."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.cloud_contents import client
from tests.support.components.callers import Answers, calling
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: fronts
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
# /check is for the health check; only the second port knows it.
PROGRAM = '''
import slipway

slipway.speed_up_program()
import json
from pathlib import Path

import pulumi
from slipway import Cluster, FargateService, LoadBalancer, Network

SERVE = """
import http.server, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path != "/check" or self.server.server_port == 9000 else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
for port in (8080, 9000):
    threading.Thread(target=http.server.ThreadingHTTPServer(("", port), Handler).serve_forever).start()
"""
front = json.loads(Path("front.json").read_text())


def without_records(args):
    args.opts.replacement_trigger = None
    return pulumi.ResourceTransformResult(args.props, args.opts)


if front.get("is_of_an_older_version"):
    pulumi.runtime.register_resource_transform(without_records)
network = Network(front.get("network", "main"), {"nat": "none", "endpoints_for": ["FargateService"]})
sources = {"subnet_ids": network.public_subnet_ids, "allowed_cidr_blocks": ["203.0.113.0/24"]}
edge = LoadBalancer("edge", {"vpc_id": network.vpc_id, "internal": front.get("edge_is_internal", False), **sources})
fronts = {
    "own": {"load_balancer": {"internal": front.get("internal", False), **sources}},
    "shared": {
        "listener": {
            "listener_arn": edge.listener_arn,
            "security_group_id": edge.security_group_id,
            "rules": {"all": {"path_patterns": ["/*"]}},
        },
    },
}
FargateService(
    "shop",
    {
        "cluster_arn": Cluster("main", {}).cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": "slipway-sandbox/python:3.12",
        "command": ["python3", "-c", SERVE],
        "container_port": 8080,
        "spot_percent": 50,
        "stop_timeout_seconds": 2,
        **fronts.get(front["kind"], {}),
        **front.get("more", {}),
    },
)
'''
CHECK = {"health_check_port": 9000, "health_check_path": "/check"}
BLUE_GREEN = {"deployment": {"strategy": "blue_green", "bake_minutes": 0}}


class Change(NamedTuple):
    """The next front of the service."""

    name: str
    front: dict[str, Any]
    interrupts: bool = False
    """The old load balancer loses its listener before the new tasks are there."""


CHANGES = [
    Change("its own becomes internal", {"kind": "own", "internal": True}),
    Change("and back", {"kind": "own"}),
    Change("a shared listener, and a check on a port of its own", {"kind": "shared", "more": CHECK}),
    Change("the shared load balancer becomes internal", {"kind": "shared", "edge_is_internal": True}),
    Change("its own again, now blue/green", {"kind": "own", "more": BLUE_GREEN}),
    Change("that becomes internal", {"kind": "own", "internal": True, "more": BLUE_GREEN}, interrupts=True),
    Change("a shared listener in another VPC", {"kind": "shared", "network": "other"}),
]


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


def test_every_change_of_a_front_is_one_update(stacks: Stacks, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-fronts")

    def update(front: dict[str, Any], *options: str) -> None:
        (tmp_path / "front.json").write_text(json.dumps(front))
        stacks.pulumi(tmp_path, "up", "--yes", "--skip-preview", *options)

    update({"kind": "own", "is_of_an_older_version": True})
    assert "replacementTrigger" not in stacks.resources(tmp_path, "aws:lb/targetGroup:TargetGroup")["shop"]
    update({"kind": "own"}, "--expect-no-changes")
    state = stacks.state(tmp_path)
    group, balancer = state["aws:lb/targetGroup:TargetGroup"]["shop"], state["aws:lb/loadBalancer:LoadBalancer"]["shop"]
    assert group["replacementTrigger"] == balancer["outputs"]["arn"]
    seen: dict[str, Answers] = {}
    for change in CHANGES:
        with calling(client(stacks.environment, "elbv2")) as seen[change.name]:
            update(change.front)
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    print(seen)  # the figures, for who runs this with -s
    assert {name for name, answers in seen.items() if not answers.served} == set()
    unanswered = {change.name: seen[change.name].failed for change in CHANGES if not change.interrupts}
    assert unanswered == dict.fromkeys(unanswered, 0)
    update({"kind": "none"})
    state = stacks.state(tmp_path)
    cluster = state["aws:ecs/cluster:Cluster"]["main"]["outputs"]["arn"]
    service = state["aws:ecs/service:Service"]["shop"]["outputs"]["name"]
    [now] = client(stacks.environment, "ecs").describe_services(cluster=cluster, services=[service])["services"]
    assert now["loadBalancers"] == []
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes", "--refresh")
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
    assert client(stacks.environment, "elbv2").describe_target_groups()["TargetGroups"] == []
