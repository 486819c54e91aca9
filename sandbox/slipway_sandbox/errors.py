"""What the sandbox tells its user when something is wrong."""

RESET = "`slipway sandbox reset`"


class SandboxError(Exception):
    """One sentence: what is wrong, with which value, and what to do. Shown without a traceback."""
