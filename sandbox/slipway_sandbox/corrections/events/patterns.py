"""Patterns of events on arrays of objects.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from moto.events.models import EventPattern

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.documents import Document, Json


@corrects(
    EventPattern.matches_event,
    why="moto does not look into arrays of objects; EventBridge finds an object in the array that fits all fields of the pattern.",
)
def matches_event(original: Callable[..., bool], self: EventPattern, event: Document) -> bool:
    return any(original(self, choice) for choice in choices(event, cast(Json, self.get_pattern())))


def choices(value: Json, pattern: Json) -> Iterator[Json]:
    """The event with one object in place of each array that the pattern has fields of, in every combination."""
    if not isinstance(pattern, Mapping):
        yield value
    elif isinstance(value, list):
        for entry in value or [{}]:
            yield from choices(entry, pattern)
    elif isinstance(value, Mapping):
        asked = [key for key in value if key in pattern]
        for chosen in itertools.product(*(list(choices(value[key], pattern[key])) for key in asked)):
            yield {**value, **dict(zip(asked, chosen, strict=True))}
    else:
        yield value
