"""Errors for the user of the sandbox."""

RESET = "`slipway sandbox reset`"


class SandboxError(Exception):
    """One sentence: the cause, the value and the remedy. Shown without a traceback."""

    exit_code = 1


class UsageError(SandboxError):
    """A mistake in the command line."""

    exit_code = 2


class NotFoundError(SandboxError):
    """A command to run that is not there; the exit code is that of a shell."""

    exit_code = 127
