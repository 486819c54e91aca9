"""The error that ends a command with one sentence."""


class CommandError(Exception):
    """One sentence for the operator: the problem and the fix. Shown without a traceback; exit code 2."""
