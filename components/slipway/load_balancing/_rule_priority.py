"""Priorities of listener rules that follow from the rule alone, so that another service never renumbers any.

The most specific rule comes first: by host, then path, then whatever else is asked. Rules that are equally specific have
a range of numbers in common, and a digest of the rule chooses within it. The same rule has the same number wherever it
is written, so a listener that has it already refuses it.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

import hashlib
import itertools
import re
from dataclasses import dataclass

LOWEST_PRIORITY, HIGHEST_PRIORITY = 1, 50000
# Below, numbers are left to those who name them.
FIRST_AUTOMATIC = 1000
BAND_WIDTH = 500
EXACT_HOST, WILDCARD_HOST, ANY_HOST = range(3)
EXACT_PATH, FOUR_SEGMENTS, THREE_SEGMENTS, TWO_SEGMENTS, ONE_SEGMENT, ANY_PATH = range(6)
WITH_MORE, WITHOUT_MORE = range(2)
# What most rules look like gets more numbers, so that two of them rarely meet. All bands fill 1000-49999.
MORE_WIDTH = {
    (EXACT_HOST, ANY_PATH, WITHOUT_MORE): 8000,
    (ANY_HOST, ONE_SEGMENT, WITHOUT_MORE): 8000,
    (EXACT_HOST, ONE_SEGMENT, WITHOUT_MORE): 6000,
    (ANY_HOST, TWO_SEGMENTS, WITHOUT_MORE): 4000,
    (EXACT_HOST, TWO_SEGMENTS, WITHOUT_MORE): 3000,
    (ANY_HOST, EXACT_PATH, WITHOUT_MORE): 2000,
}
WILDCARD = re.compile(r"[*?]")

Band = tuple[int, int, int]


@dataclass(frozen=True)
class Conditions:
    """What a rule asks for, in one order whatever order it was written in."""

    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    more: tuple[str, ...]
    """Headers, query strings, methods and sources, a text each."""


def priority(asked: Conditions, attempt: int = 0) -> int:
    """Conditions to a priority; the next attempt is another one that is as specific."""
    first, width = _bands()[band(asked)]
    text = "\n".join([*asked.hosts, "", *asked.paths, "", *asked.more])
    digest = hashlib.sha256(text.encode()).digest()
    return first + (int.from_bytes(digest[:8]) + attempt) % width


def band(asked: Conditions) -> Band:
    """How specific conditions are: the least specific of their hosts and paths counts."""
    hosts = max((WILDCARD_HOST if _has_wildcard(host) else EXACT_HOST for host in asked.hosts), default=ANY_HOST)
    paths = max((_path_class(path) for path in asked.paths), default=ANY_PATH)
    return hosts, paths, WITH_MORE if asked.more else WITHOUT_MORE


def _path_class(path: str) -> int:
    if not _has_wildcard(path):
        return EXACT_PATH
    # /orders* says as much as /orders/*.
    depth = len([segment for segment in WILDCARD.split(path, maxsplit=1)[0].split("/") if segment])
    return {0: ANY_PATH, 1: ONE_SEGMENT, 2: TWO_SEGMENTS, 3: THREE_SEGMENTS}.get(depth, FOUR_SEGMENTS)


def _has_wildcard(pattern: str) -> bool:
    return WILDCARD.search(pattern) is not None


def _bands() -> dict[Band, tuple[int, int]]:
    """Band to its first number and how many it has, the most specific band first."""
    found = {}
    first = FIRST_AUTOMATIC
    for entry in itertools.product(range(3), range(6), range(2)):
        width = BAND_WIDTH + MORE_WIDTH.get(entry, 0)
        found[entry] = first, width
        first += width
    return found
