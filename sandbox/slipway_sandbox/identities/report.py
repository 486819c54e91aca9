"""`slipway sandbox denied` as text."""

import json
from collections.abc import Iterator

from slipway_sandbox.identities.denials import Denial, DenialReport

DENIED_BY_STATEMENT = "a statement denies it: take that statement away, or add an exception to it"


def lines(report: DenialReport) -> Iterator[str]:
    """The lines for a terminal: newest last, then the calls that were not judged."""
    if not report["denied"]:
        yield "No call was denied since the sandbox started"
    for denial in report["denied"]:
        yield from _of(denial)
    if report["not_judged"]:
        yield "Let through, as the sandbox cannot judge them:"
    for operation, count in report["not_judged"].items():
        yield f"  {count:>6}  {operation}"


def _of(denial: Denial) -> Iterator[str]:
    times = f", {denial['times']} times" if denial["times"] > 1 else ""
    yield f"{denial['at']}  {denial['principal']}{times}"
    yield f"  {denial['action']} on {denial['resource']}: {denial['code']}"
    yield f"  {denial['reason']}"
    for lacking in denial["would_allow"]:
        yield f"  lacks, in the {lacking['kind']}: {json.dumps(lacking['statement'])}"
    if not denial["would_allow"]:
        yield f"  {DENIED_BY_STATEMENT}"
    yield ""
