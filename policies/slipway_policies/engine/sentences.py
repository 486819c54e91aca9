"""The sentences of the pack: how each is printed, and how the report reads it back from the engine's events.

>>> finding("encrypted is false", "set encrypted to true")
'encrypted is false. Fix: set encrypted to true.'
>>> read_finding("encrypted is false. Fix: set encrypted to true.")
('encrypted is false', 'set encrypted to true.')
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

FIX: Final = ". Fix: "
WAIT: Final = "for `pulumi up`"
COUNT: Final = re.compile(r"([a-z0-9-]+) (\d+)")
EXEMPTED: Final = " exempted"


def finding(problem: str, fix: str) -> str:
    """A violation: the problem, and the change to make."""
    return f"{problem}{FIX}{fix}."


def read_finding(text: str) -> tuple[str, str]:
    """Problem and fix of a violation; the fix is empty where a policy of another pack names none."""
    problem, _, fix = text.partition(FIX)
    return problem, fix


def waiting(counts: Mapping[str, int]) -> str:
    """The number of waiting checks of each rule."""
    total = sum(counts.values())
    names = ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items()))
    verb = "1 check waits" if total == 1 else f"{total} checks wait"
    return f"{verb} {WAIT}, as values are not known during preview: {names}."


def read_waiting(text: str) -> dict[str, int]:
    """Rule to its number of waiting checks; empty where the text is another sentence."""
    before, _, names = text.partition(": ")
    return {rule: int(count) for rule, count in COUNT.findall(names)} if WAIT in before else {}


def exempted(total: int, exemptions: Iterable[str]) -> str:
    """The number of hidden findings, and the exemptions in use."""
    verb = "1 finding is" if total == 1 else f"{total} findings are"
    return f"{verb}{EXEMPTED}: {'; '.join(exemptions)}."


def is_exempted(text: str) -> bool:
    """Whether the text is the sentence of `exempted`."""
    return EXEMPTED in text.partition(": ")[0]


def expired(exemption: str) -> str:
    """An expired exemption."""
    return finding(f"Expired: {exemption}", "clear the finding, or agree with the owner on a new date")


def not_needed(exemption: str) -> str:
    """An exemption without a finding to hide."""
    return finding(f"Not needed: {exemption}", "remove it, or correct its urn")


def failed(rule: str, where: str) -> str:
    """A failed rule."""
    problem = f"{rule} failed here ({where}), so it checked nothing more; all other rules ran"
    return finding(problem, "report this line to the pack's maintainers")
