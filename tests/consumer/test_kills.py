"""The worker runtime loses nothing under SIGKILL and SIGTERM: the bench's program with few messages."""

import json
import os
import subprocess
import sys
from pathlib import Path

from moto.server import ThreadedMotoServer

from slipway_sandbox import corrections
from tests.support.commands import HANG_SECONDS

BENCH = Path(__file__).parents[2] / "bench" / "worker.py"
MESSAGES = 600


def test_every_message_is_handled_in_order_and_only_poison_is_set_aside() -> None:
    corrections.install()  # as the sandbox does: moto alone does not keep the order of a group
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}
    try:
        run = subprocess.run(
            [sys.executable, str(BENCH), str(MESSAGES)],
            env=clean | keys | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"},
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
        )
    finally:
        server.stop()
    assert run.returncode == 0, run.stdout + run.stderr
    for line in run.stdout.splitlines():
        found = json.loads(line)
        assert (found["handled"], found["lost"], found["uncleanStops"]) == (294, 0, [])
        assert (found["poison"], found["deadLettered"], found["deadLetteredOther"]) == (6, 6, 0)
        assert found["outOfOrder"] == (0 if found["kind"] == "fifo" else None)
        assert found["kills"]["SIGKILL"] >= 1, "a run without a kill proves nothing"
        assert found["kills"]["SIGTERM"] >= 3
