"""The worker runtime under kills: every message handled, FIFO order kept, poison in the dead-letter queue and nowhere else.

`.venv/bin/python bench/worker.py [messages]`, in a shell with `eval "$(make env)"`; 5,000 by default, half of them through
a standard queue and half through a FIFO queue. Three workers; every two seconds one gets SIGKILL or SIGTERM in turn, and
another takes its place. Exit code 1 when a promise is broken. moto slows with the depth of a queue, so few wait at a time.
"""

import faulthandler
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 3
WAITING = 40  # messages at most between sender and workers
GROUPS = 8
POISON_EVERY = 50
VISIBILITY_SECONDS = 4
KILL_EVERY_SECONDS = 2
END_SECONDS = 30  # that a worker may take to end, three times its stop timeout
LAST_LINES = 60  # of the log of a worker that did not drain
LONGEST_SECONDS = 600  # without all messages done


def consume(url: str, record: str) -> None:
    """A worker: each handled message is a line in `record`, which all workers append to."""
    from slipway_consumer import Consumer, Message, Settings, log_as_json  # noqa: PLC0415 - of a worker's process only

    lines = os.open(record, os.O_WRONLY | os.O_APPEND)

    def handle(message: Message) -> None:
        time.sleep(0.01)  # the work
        if message.text.startswith("poison"):
            raise ValueError("poison")
        os.write(lines, f"{message.group_id or '-'} {message.text}\n".encode())

    log_as_json()
    faulthandler.register(signal.SIGUSR1)
    consumer = Consumer(
        url,
        handle,
        Settings(
            concurrency=4,
            visibility_seconds=VISIBILITY_SECONDS,
            wait_seconds=1,
            retry_after_seconds=0,
            stop_timeout_seconds=10,
        ),
    )
    sys.exit(0 if consumer.run() else 1)


@dataclass
class Run:
    """Messages through one queue."""

    kind: str
    messages: int
    sqs: Any
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    unclean: list[int] = field(default_factory=list)
    """Exit codes of workers that SIGTERM met at work and that did not drain."""
    early: int = 0
    """Workers that SIGTERM met before they consumed: the interpreter was still importing."""

    def create(self) -> None:
        """Queue and dead-letter queue."""
        fifo = self.kind == "fifo"
        suffix = f"-{os.getpid()}" + (".fifo" if fifo else "")
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
        self.dead = self.sqs.create_queue(QueueName=f"bench-dead{suffix}", Attributes=attributes)["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 6})
        given = attributes | {"RedrivePolicy": redrive}
        self.url = self.sqs.create_queue(QueueName=f"bench{suffix}", Attributes=given)["QueueUrl"]
        self.record = self.folder / f"{self.kind}.txt"
        self.record.touch()

    def start(self) -> None:
        """One more worker."""
        command = [sys.executable, __file__, "consume", self.url, str(self.record)]
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as log:
            worker = subprocess.Popen(command, stdout=log, stderr=log)
        Path(log.name).rename(self.folder / f"{self.kind}-{worker.pid}.log")
        self.workers.append(worker)

    def stop(self, worker: subprocess.Popen[bytes], name: signal.Signals) -> None:
        """Signal a worker and await its end."""
        self.workers.remove(worker)
        worker.send_signal(name)
        try:
            code = worker.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGUSR1)  # it says where it stands
            time.sleep(1)
            worker.kill()
            code = worker.wait()
        self.kills[name.name] += 1
        if name is signal.SIGTERM and code == -signal.SIGTERM:
            self.early += 1
        elif name is signal.SIGTERM and code:
            self.unclean.append(code)
            said = (self.folder / f"{self.kind}-{worker.pid}.log").read_text().splitlines()
            print(f"worker {worker.pid} ended with {code}:", *said[-LAST_LINES:], sep="\n", file=sys.stderr)

    def send(self, number: int) -> None:
        """The message of this number; one in fifty is poison."""
        text = f"poison-{number}" if number % POISON_EVERY == POISON_EVERY - 1 else str(number)
        group = {"MessageGroupId": f"g{number % GROUPS}"} if self.kind == "fifo" else {}
        self.sqs.send_message(QueueUrl=self.url, MessageBody=text, **group)

    def handled(self) -> list[tuple[str, int]]:
        """Group and number of every message handled, in order over all workers."""
        lines = self.record.read_text().splitlines()
        return [(group, int(number)) for group, number in (line.split() for line in lines)]

    def depth(self, url: str) -> int:
        """Messages visible and in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        return sum(map(int, self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()))

    def run(self) -> float:
        """Send, kill, until the queue is empty; seconds taken."""
        started = time.monotonic()
        for _ in range(WORKERS):
            self.start()
        ready = sent = 0
        next_kill = started + KILL_EVERY_SECONDS
        while sent < self.messages or self.depth(self.url):
            if time.monotonic() - started > LONGEST_SECONDS:
                raise SystemExit(
                    f"bench/worker.py: {self.depth(self.url)} messages left after {LONGEST_SECONDS} seconds"
                )
            ready = self.depth(self.url)
            for _ in range(min(WAITING - ready, self.messages - sent)):
                self.send(sent)
                sent += 1
            if time.monotonic() >= next_kill:
                name = signal.SIGKILL if self.kills.total() % 2 == 0 else signal.SIGTERM
                self.stop(self.workers[0], name)
                self.start()
                next_kill = time.monotonic() + KILL_EVERY_SECONDS
            time.sleep(0.05)  # a poll of the queue's depth is work for moto too
        seconds = time.monotonic() - started
        for worker in list(self.workers):
            self.stop(worker, signal.SIGTERM)
        return seconds

    def verdict(self) -> dict[str, Any]:
        """Exact counts, and whether each promise was kept."""
        wanted = {number for number in range(self.messages) if number % POISON_EVERY != POISON_EVERY - 1}
        poison = {f"poison-{number}" for number in range(self.messages) if number not in wanted}
        handled = self.handled()
        dead = Counter(self.drain_dead())
        return {
            "kind": self.kind,
            "messages": self.messages,
            "handled": len({number for _, number in handled}),
            "lost": len(wanted - {number for _, number in handled}),
            "handledAgain": len(handled) - len({number for _, number in handled}),
            "outOfOrder": out_of_order(handled) if self.kind == "fifo" else None,
            "poison": len(poison),
            "deadLettered": len(dead),
            "deadLetteredOther": len(set(dead) - poison) + len(poison - set(dead)),
            "kills": dict(self.kills),
            "uncleanStops": self.unclean,
            "stoppedWhileStarting": self.early,
        }

    def drain_dead(self) -> list[str]:
        """Texts in the dead-letter queue, which is emptied."""
        found = []
        while batch := self.sqs.receive_message(QueueUrl=self.dead, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                found.append(message["Body"])
                self.sqs.delete_message(QueueUrl=self.dead, ReceiptHandle=message["ReceiptHandle"])
        return found

    def remove(self) -> None:
        """Both queues, and workers that are left after an error."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
        for url in (self.url, self.dead):
            self.sqs.delete_queue(QueueUrl=url)


def out_of_order(handled: list[tuple[str, int]]) -> int:
    """How often a group went back beyond a repeat of its latest message, which a kill before the deletion explains."""
    latest: dict[str, int] = {}
    wrong = 0
    for group, number in handled:
        wrong += number < latest.get(group, -1)
        latest[group] = max(number, latest.get(group, -1))
    return wrong


def main(messages: int) -> int:
    """Print one JSON line per queue; 1 when a promise was broken."""

    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("standard", "fifo"):
            run = Run(kind, messages // 2, boto3.client("sqs"), Path(folder))
            run.create()
            try:
                seconds = run.run()
                found = run.verdict()
            finally:
                run.remove()
            print(json.dumps(found | {"seconds": round(seconds, 1)}), flush=True)
            promises = ("lost", "outOfOrder", "deadLetteredOther", "uncleanStops")
            broken += any(found[key] for key in promises)
    return 1 if broken else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["consume"]:
        consume(*sys.argv[2:4])
    elif "127.0.0.1" not in os.environ.get("AWS_ENDPOINT_URL", ""):
        sys.exit('bench/worker.py: the shell is not attached to a sandbox; run eval "$(make env)"')
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
