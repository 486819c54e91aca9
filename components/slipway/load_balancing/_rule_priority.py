"""Priorities of listener rules, computed from each rule alone: another service never renumbers a rule.

The most specific rule comes first: by host, then by path, then by further conditions. Equally specific rules share a
range of numbers, and a digest of the rule chooses one of them. The same rule gets the same number in every stack, so that
a listener refuses it the second time.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

import hashlib
import itertools
import re
from dataclasses import dataclass

LOWEST_PRIORITY, HIGHEST_PRIORITY = 1, 50000
FIRST_AUTOMATIC = 1000  # lower numbers are for the argument `priority`
BAND_WIDTH = 500
EXACT_HOST, WILDCARD_HOST, ANY_HOST = range(3)
EXACT_PATH, FOUR_SEGMENTS, THREE_SEGMENTS, TWO_SEGMENTS, ONE_SEGMENT, ANY_PATH = range(6)
WITH_MORE, WITHOUT_MORE = range(2)
# Frequent kinds of rules get more numbers, so that two of them rarely meet. All bands fill 1000-49999.
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
    """The conditions of a rule, sorted."""

    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    more: tuple[str, ...]
    """Headers, query strings, methods and sources, one text for each."""


def priority(conditions: Conditions, attempt: int = 0) -> int:
    """The priority of a rule; each attempt gives another number of the same range."""
    first, width = _bands()[band(conditions)]
    text = "\n".join([*conditions.hosts, "", *conditions.paths, "", *conditions.more])
    digest = hashlib.sha256(text.encode()).digest()
    return first + (int.from_bytes(digest[:8]) + attempt) % width


def band(conditions: Conditions) -> Band:
    """The range of a rule; of several hosts or paths, the least specific one counts."""
    hosts = max((WILDCARD_HOST if _has_wildcard(host) else EXACT_HOST for host in conditions.hosts), default=ANY_HOST)
    paths = max((_path_class(path) for path in conditions.paths), default=ANY_PATH)
    return hosts, paths, WITH_MORE if conditions.more else WITHOUT_MORE


def _path_class(path: str) -> int:
    if not _has_wildcard(path):
        return EXACT_PATH
    # /orders* is as specific as /orders/*.
    depth = len([segment for segment in WILDCARD.split(path, maxsplit=1)[0].split("/") if segment])
    return {0: ANY_PATH, 1: ONE_SEGMENT, 2: TWO_SEGMENTS, 3: THREE_SEGMENTS}.get(depth, FOUR_SEGMENTS)


def _has_wildcard(pattern: str) -> bool:
    return WILDCARD.search(pattern) is not None


def _bands() -> dict[Band, tuple[int, int]]:
    """First number and width of each band, the most specific band first."""
    bands = {}
    first = FIRST_AUTOMATIC
    for entry in itertools.product(range(3), range(6), range(2)):
        width = BAND_WIDTH + MORE_WIDTH.get(entry, 0)
        bands[entry] = first, width
        first += width
    return bands
