"""New versions that answer with server errors, on a clock of a minute a second: each is rolled back, and its mended one lands."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.support.commands import HANG_SECONDS
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: errors
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = '''
import slipway

slipway.speed_up_program()
import json
from pathlib import Path

import pulumi
from slipway import Cluster, FargateService, LoadBalancer, Network

SERVE = """
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else int(sys.argv[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""
answers = json.loads(Path("answers.json").read_text())
network = Network("main", {"nat": "none", "endpoints_for": ["FargateService"]})
cluster = Cluster("main", {})
sources = {"subnet_ids": network.public_subnet_ids, "allowed_cidr_blocks": ["203.0.113.0/24"]}
edge = LoadBalancer("edge", {"vpc_id": network.vpc_id, **sources})


def service(name, **more):
    return FargateService(
        name,
        {
            "cluster_arn": cluster.cluster_arn,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "image": "slipway-sandbox/python:3.12",
            "command": ["python3", "-c", SERVE, str(answers[name])],
            "container_port": 8080,
            "desired_count": 1,
            "deregistration_delay_seconds": 10,
            **more,
        },
    )


def behind_edge(name, **deployment):
    rules = {"own": {"path_patterns": [f"/{name}"]}}
    listener = {"listener_arn": edge.listener_arn, "security_group_id": edge.security_group_id, "rules": rules}
    return service(name, listener=listener, deployment={"min_requests": 2, **deployment})


behind_edge("rolling")
behind_edge("neighbour")
canary = service("canary", load_balancer=sources, deployment={"strategy": "canary", "min_requests": 2, "step_percent": 30})
pulumi.export("urls", [edge.url.apply(lambda it: f"{it}/rolling"), edge.url.apply(lambda it: f"{it}/neighbour"),
                       canary.url.apply(lambda it: f"{it}/canary")])
'''


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own, with a fast clock; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox"), speed=60) as made:
        yield made


@contextmanager
def requested(urls: Sequence[str]) -> Iterator[None]:
    """Requests to each address, one after the other, until the block ends."""
    is_over = threading.Event()

    def ask(url: str) -> None:
        with requests.Session() as session:
            while not is_over.wait(0.05):
                session.get(url, timeout=HANG_SECONDS)

    threads = [threading.Thread(target=ask, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_server_errors_roll_back_the_service_that_has_them_and_no_other(stacks: Stacks, tmp_path: Path) -> None:
    def up(rolling: int, canary: int, neighbour: int) -> tuple[int, str]:
        answers = {"rolling": rolling, "canary": canary, "neighbour": neighbour}
        (tmp_path / "answers.json").write_text(json.dumps(answers))
        done = stacks.run(tmp_path, "pulumi", "up", "--yes", "--skip-preview")
        return done.returncode, done.stdout

    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-errors")
    code, said = up(rolling=200, canary=200, neighbour=500)
    assert code == 0, said
    urls = json.loads(stacks.pulumi(tmp_path, "stack", "output", "urls", "--json"))
    with requested(urls):
        code, said = up(rolling=502, canary=503, neighbour=500)
        assert code != 0, said
        for name in ("rolling", "canary"):
            verdict = said.partition(f"aws:ecs:Service ({name}):\n")[2].split("\n\n")[0]
            assert ":2 was rolled back to " in verdict, said
            assert f"alarm {name}-errors-" in verdict, said
        code, said = up(rolling=204, canary=204, neighbour=204)
        assert code == 0, said
        assert "service 'neighbour': deployed without the guard of its alarms, as one was in ALARM before" in said
        assert "service 'rolling': deployed without" not in said
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
