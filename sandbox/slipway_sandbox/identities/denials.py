"""The last calls that were refused, and how many were not judged."""

import collections
import threading
from typing import TypedDict

from slipway_sandbox.documents import Document
from slipway_sandbox.identities.rights import NeededRights

KEPT = 500


class Lacking(TypedDict):
    """A statement that would let a call in."""

    kind: str
    """The kind of policy that lacks it, such as `identity-based policy`."""
    statement: Document


class Denial(TypedDict):
    """A call that was refused."""

    at: str
    """The last time, ISO 8601, in UTC."""
    times: int
    """How often the principal, or another session of its role, was denied the same."""
    principal: str
    """ARN of the caller."""
    action: str
    resource: str
    code: str
    reason: str
    """AWS's sentence."""
    would_allow: list[Lacking]
    """The smallest statements that would let the call in; empty where a statement denies it."""


class DenialReport(TypedDict):
    """The report of `slipway sandbox denied --json`."""

    denied: list[Denial]
    """The last 500, oldest first."""
    not_judged: dict[str, int]
    """Operation and reason, to the number of calls that were let through for it: `polly:Speak: no table ...`."""


class Denials:
    """Keeps the last denials, and in `rights` what was asked for at all. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.rights = NeededRights()
        self._denied: collections.deque[Denial] = collections.deque(maxlen=KEPT)
        self._not_judged: collections.Counter[str] = collections.Counter()

    def add(self, denial: Denial) -> None:
        """Keeps one more, the oldest goes beyond 500; one that is there already is counted, as programs try again and again."""
        with self._lock:
            same = next((each for each in self._denied if _what(each) == _what(denial)), None)
            if same is not None:
                self._denied.remove(same)
                denial = {**denial, "times": same["times"] + denial["times"]}
            self._denied.append(denial)

    def let_through(self, operation: str) -> None:
        """Counts a call that was not judged."""
        with self._lock:
            self._not_judged[operation] += 1

    def report(self) -> DenialReport:
        """All of it."""
        with self._lock:
            return {"denied": list(self._denied), "not_judged": dict(sorted(self._not_judged.items()))}


def _what(denial: Denial) -> tuple[str, ...]:
    """What makes denials equal: a role's sessions are one, as a service starts task after task."""
    principal = denial["principal"]
    role = principal.rpartition("/")[0] if ":assumed-role/" in principal else principal
    return role, denial["action"], denial["resource"], denial["code"]
