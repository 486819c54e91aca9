"""slipway-consumer from its wheel, in a folder outside of the checkout: a worker empties a queue and drains."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.support.aws.aws_endpoint import CREDENTIALS, SqsClient
from tests.support.commands import HANG_SECONDS
from tests.support.consumers import waiting

WORKER = """
import os

from slipway_consumer import Consumer, Message, Settings, log_as_json


def handle(message: Message) -> None:
    print("handled", message.json(), flush=True)


log_as_json()
Consumer(os.environ["QUEUE_URL"], handle, Settings(wait_seconds=1)).run()
"""


def test_a_worker_empties_a_queue_and_ends_at_sigterm(
    environment: Callable[..., Path], endpoint: str, sqs: SqsClient, queues: tuple[str, str], tmp_path: Path
) -> None:
    python = environment("slipway-consumer") / "bin" / "python"
    (tmp_path / "worker.py").write_text(WORKER)
    for number in range(5):
        sqs.send_message(QueueUrl=queues[0], MessageBody=str(number))
    variables = {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint, "QUEUE_URL": queues[0], "PATH": os.defpath}
    handled: set[str] = set()
    stopped = False
    with subprocess.Popen(
        [str(python), "worker.py"], cwd=tmp_path, env=variables, stdout=subprocess.PIPE, text=True
    ) as worker:
        for line in worker.stdout or ():
            if line.startswith("handled"):
                handled.add(line.split()[1])
            # The line after the last deletion: the queue is empty then.
            elif not stopped and len(handled) == 5 and waiting(sqs, queues[0]) == (0, 0):
                stopped = True  # a second signal could meet an interpreter that has put its handlers away
                worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=HANG_SECONDS) == 0
    assert handled == {"0", "1", "2", "3", "4"}
    assert waiting(sqs, queues[0]) == (0, 0)


def test_it_brings_boto3_and_nothing_else_of_this_checkout(environment: Callable[..., Path]) -> None:
    packages = environment("slipway-consumer") / "lib"
    names = {path.name.partition("-")[0] for path in packages.glob("python*/site-packages/*.dist-info")}
    assert {name for name in names if name.startswith("slipway")} == {"slipway_consumer"}
    expected = {"slipway_consumer", "boto3", "botocore", "jmespath", "python_dateutil", "s3transfer", "six", "urllib3"}
    assert names == expected
