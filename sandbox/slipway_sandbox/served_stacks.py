"""The stacks that deploy to the sandbox: `sandbox`, `sandbox-...`, and those that the user names in a variable."""

import fnmatch
from collections.abc import Mapping

VARIABLE = "SLIPWAY_SANDBOX_STACKS"
"""Names of further stacks with commas between; `*` stands for any text."""


def is_served(stack: str, environment: Mapping[str, str]) -> bool:
    """Whether a stack of this name deploys to the sandbox."""
    further = (name.strip() for name in environment.get(VARIABLE, "").split(","))
    return any(fnmatch.fnmatchcase(stack, pattern) for pattern in ("sandbox", "sandbox-*", *further))


def refusal(stack: str) -> str:
    """The sentence for a stack that does not deploy to the sandbox."""
    return (
        f"stack {stack!r} does not deploy to the sandbox, to which this shell is attached; take a stack named sandbox or "
        f"sandbox-..., set {VARIABLE}={stack} to allow it, or open a new shell to deploy it to AWS"
    )
