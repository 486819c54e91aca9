"""Clients that ask all load balancers of a sandbox for the service, again and again, while an update runs."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

PAUSE_SECONDS = 0.05  # without one, the clients take the processor from the update that they look at
STALL_SECONDS = 60  # a request that waits longer was not served


@dataclass
class Answers:
    """What clients saw."""

    served: int = 0
    failed: int = 0
    """Rounds in which no load balancer answered with 200."""


@contextmanager
def calling(elb: Any) -> Iterator[Answers]:
    """Ask until the block ends; a client takes the next address where one does not answer. `elb` is a boto3 client.

    The load balancers are looked up again where none of the known ones answers: a look-up each time takes the processor, too.
    """
    answers, is_over = Answers(), threading.Event()

    def ask() -> None:
        known: list[str] = []
        while not is_over.wait(PAUSE_SECONDS):
            if not any(is_served(it) for it in known):  # as one asks the name server again
                known = [f"http://{it['DNSName']}/x" for it in elb.describe_load_balancers()["LoadBalancers"]]
                if not any(is_served(it) for it in known):
                    answers.failed += 1
                    continue
            answers.served += 1

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        is_over.set()
        thread.join()


def is_served(url: str) -> bool:
    """Whether a request is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=STALL_SECONDS) as response:
            return bool(response.status == 200)
    except OSError:
        return False
