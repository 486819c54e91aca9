"""The command `slipway policies`. slipway-cli finds it by the entry point of this distribution.

slipway policies path       # pulumi up --policy-pack "$(slipway policies path)"
slipway policies report     # an HTML page of the findings of a run
slipway policies rules      # the rules, one a line
"""

import importlib
import sys
from typing import Final

# Command to the module whose `main` runs it, imported when the command is known, and to its line of help.
COMMANDS: Final = {
    "path": ("slipway_policies.location", "print the path of the pack, for pulumi's --policy-pack"),
    "report": ("slipway_policies.report.page", "write the findings of a run as an HTML page"),
    "rules": ("slipway_policies.report.listing", "list the rules: name, level, title"),
}


def main(arguments: list[str]) -> int:
    """Show where the policy pack is, list its rules, make a page of a run's findings."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_help())
        return 0 if arguments else 2
    name, *rest = arguments
    if name not in COMMANDS:
        print(f"slipway policies: there is no command {name!r}; {_advice(name)}", file=sys.stderr)
        return 2
    try:
        code: int = importlib.import_module(COMMANDS[name][0]).main(rest)
    except SystemExit as ended:  # argparse, after --help or a mistyped option
        return ended.code if isinstance(ended.code, int) else 0
    return code


def _help() -> str:
    lines = (f"  {name:<8}{line}" for name, (_, line) in COMMANDS.items())
    return "\n".join(["usage: slipway policies {path,report,rules} [-h] ...", "", *lines])


def _advice(name: str) -> str:
    import difflib  # noqa: PLC0415 - only a mistyped command needs it

    close = difflib.get_close_matches(name, COMMANDS, n=1)
    return f"did you mean {close[0]!r}?" if close else f"it has {', '.join(COMMANDS)}"
