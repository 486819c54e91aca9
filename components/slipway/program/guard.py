"""Keeps a program's stacks on the sandbox and those on AWS apart.

The sandbox's own providers refuse stacks of AWS in every language. That a stack of the sandbox goes to AWS only the program
can see, because there no provider of the sandbox is asked.
"""

import fnmatch
import os
import urllib.parse
from collections.abc import Mapping

import pulumi
from pulumi.runtime import mocks, settings

ENDPOINT, PROVIDERS, STACKS = "AWS_ENDPOINT_URL", "PULUMI_DEBUG_PROVIDERS", "SLIPWAY_SANDBOX_STACKS"
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
ATTACH = 'run slipway sandbox run -- pulumi up, or eval "$(slipway sandbox env)"'


class GuardError(pulumi.RunError):
    """The stack does not fit this shell; the message is one sentence with the fix."""


def guard() -> None:
    """Refuse a stack of the sandbox on AWS, and a stack of AWS in the sandbox. Call it at the top of `__main__.py`.

    Example::

        from slipway import guard

        guard()

    Stacks of the sandbox are `sandbox`, those whose names begin with `sandbox-`, and while a shell is attached to the
    sandbox, those that SLIPWAY_SANDBOX_STACKS names, with commas between and `*` for any text. Nothing is refused in unit
    tests with Pulumi's mocks, which deploy nothing.

    Raises GuardError on a stack that does not fit the shell, before any resource is registered.
    """
    if not isinstance(settings.get_monitor(), mocks.MockMonitor):
        check_stack(pulumi.get_stack(), os.environ)


def check_stack(stack: str, environ: Mapping[str, str], attach: str = ATTACH) -> None:
    """Refuse a stack that does not fit the shell's environment; `attach` says how to attach a shell to the sandbox.

    Raises GuardError.
    """
    is_local = urllib.parse.urlsplit(environ.get(ENDPOINT, "")).hostname in LOOPBACK_HOSTS
    has_providers = bool(environ.get(PROVIDERS))
    if stack == "sandbox" or stack.startswith("sandbox-"):
        if not (is_local and has_providers):
            raise GuardError(
                f"stack {stack!r} deploys to the sandbox on this machine, and this shell is not attached to it; {attach}"
            )
        return
    further = (name.strip() for name in environ.get(STACKS, "").split(","))
    if (is_local or has_providers) and not any(fnmatch.fnmatchcase(stack, pattern) for pattern in further):
        found = [name for name in (ENDPOINT, PROVIDERS) if environ.get(name)]
        raise GuardError(
            f"stack {stack!r} deploys to AWS, and this shell is attached to the sandbox by {' and '.join(found)}; "
            "open a new shell, or unset " + " ".join(found)
        )
