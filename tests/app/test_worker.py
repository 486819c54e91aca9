"""The sample worker as a process: fulfils orders, leaves other messages, and names a missing variable."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

from app.worker import queue_urls
from tests.support.aws.aws_endpoint import CREDENTIALS, SqsClient
from tests.support.commands import HANG_SECONDS


def worker(endpoint: str, queue_url: str, code: str) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = clean | CREDENTIALS | {"AWS_ENDPOINT_URL": endpoint, "QUEUE_URL": queue_url}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)


def test_the_sample_worker_fulfils_an_order_and_leaves_what_is_none(
    sqs: SqsClient, queues: tuple[str, str], endpoint: str
) -> None:
    sqs.send_message(QueueUrl=queues[0], MessageBody='{"id": "o-1", "kind": "digital"}')
    sqs.send_message(QueueUrl=queues[0], MessageBody="[]")
    seen: dict[str, dict[str, Any]] = {}
    told = False
    with worker(endpoint, queues[0], "from app.worker import main; main()") as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            seen[event["message"]] = event
            if not told and {"message not handled", "order fulfilled", "message handled"} <= set(seen):
                told = True  # once: a second signal could meet an interpreter that has put its handlers away
                process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=HANG_SECONDS) == 0
    assert (seen["order fulfilled"]["orderId"], seen["order fulfilled"]["kind"]) == ("o-1", "digital")
    reason = "ValueError: the message is not an order: a JSON object with a string `id`"
    assert seen["message not handled"]["reason"] == reason


def test_the_worker_without_a_queue_says_what_to_set() -> None:
    clean = {name: value for name, value in os.environ.items() if name != "QUEUE_URL"}
    run = subprocess.run(
        [sys.executable, "-m", "app.worker"],
        env=clean,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    sentence = "app.worker: QUEUE_URL is not set; set it to the URL of the queue to read orders from\n"
    assert (run.returncode, run.stderr) == (1, sentence)


def test_the_sample_worker_reads_one_queue_or_those_with_a_key() -> None:
    assert queue_urls({"QUEUE_URL": "a", "QUEUE_URL_ORDERS": "a"}) == ["a"]
    assert queue_urls({"QUEUE_URL_RETURNS": "b", "QUEUE_URL_ORDERS": "a"}) == ["a", "b"]
    assert queue_urls({}) == []
