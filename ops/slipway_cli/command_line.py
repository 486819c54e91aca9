"""The command `slipway`: its own commands, and those of other distributions.

A command of another distribution runs before typer or rich is imported: `slipway sandbox env` runs at each prompt of some
shells.
"""

import sys

from slipway_cli import commands
from slipway_cli.errors import CommandError

OWN = ("status", "redrive", "rollback", "run", "smoke")
"""Commands of `slipway_cli.application`."""
INTERRUPTED = 130


def main() -> int:
    """Run the command line; the exit code is 2 when one sentence says why the command cannot run."""
    arguments = sys.argv[1:]
    name = arguments[0] if arguments and not arguments[0].startswith("-") else None
    try:
        if name is not None and name not in OWN:
            return commands.named(name, OWN).run(arguments[1:])
        from slipway_cli import application  # noqa: PLC0415 - typer takes 0.1 s

        return application.run(arguments)
    except CommandError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
