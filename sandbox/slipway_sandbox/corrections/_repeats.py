"""Repeats of a message within five minutes: FIFO queues and topics accept them and do not deliver them."""

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from moto.sqs import models

from slipway_sandbox.corrections._keeping import keep, kept

Taken = TypeVar("Taken")


def first_of(holder: object, key: Hashable, take: Callable[[], Taken]) -> Taken:
    """The message taken for this key within the last five minutes; takes a new one where there is none."""
    now, period = time.time(), models.DEDUPLICATION_TIME_IN_SECONDS
    seen: dict[Hashable, tuple[float, Taken]] = kept(holder, "_seen", {})
    seen = {each: taken for each, taken in seen.items() if now - taken[0] < period}
    if key not in seen:
        seen[key] = (now, take())
    keep(holder, "_seen", seen)
    return seen[key][1]
