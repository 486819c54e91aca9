"""The error that ends a command with one sentence."""


class CommandError(Exception):
    """One sentence for the operator: what is wrong and what to do. Shown without a traceback; exit code 2."""
