"""Commands that other distributions bring: entry points of the group `slipway.commands`.

The name of the entry point is the name of the command. Its object is a function `main(arguments: list[str]) -> int`: it
takes the arguments after the name and returns the exit code; the first line of its docstring is the help line.

Entry points are read here, because importlib.metadata takes longer to import than most commands take to run.
Source: https://packaging.python.org/en/latest/specifications/entry-points/
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from slipway_cli.errors import CommandError

GROUP = "slipway.commands"
BROUGHT_BY = {"policies": "slipway-policies", "sandbox": "slipway-sandbox"}
"""Distribution of each known command; it may be missing here."""


class Command:
    """A command: its name, its distributions, and its function as `module:name`."""

    # No dataclass: that import alone takes as long as everything else here.
    def __init__(self, name: str, distributions: Sequence[str], function: str) -> None:
        self.name = name
        self.distributions = distributions
        self.function = function

    def run(self, arguments: list[str]) -> int:
        """Run it and return its exit code. Raises CommandError when it cannot be loaded."""
        return self._load()(arguments)

    def help_line(self) -> str:
        """First line of its docstring. Raises CommandError when it cannot be loaded."""
        return (self._load().__doc__ or "").strip().partition("\n")[0]

    def _load(self) -> Callable[[list[str]], int]:
        if len(self.distributions) > 1:
            both = " and ".join(self.distributions)
            raise CommandError(f"{both} both bring a command {self.name!r}; uninstall one of them")
        [distribution] = self.distributions
        module, _, name = self.function.partition(":")
        try:
            function: Callable[[list[str]], int] = getattr(import_module(module), name)
        except Exception as error:  # a module of another distribution may raise anything
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise CommandError(
                f"the command {self.name!r} of {distribution} cannot be loaded ({reason}); "
                f"install it again: pip install --force-reinstall {distribution}"
            ) from error
        return function


def found() -> dict[str, Command]:
    """Commands of all installed distributions, by name."""
    commands: dict[str, Command] = {}
    for distribution, text in _entry_points():
        for name, function in _commands_in(text):
            others = commands[name].distributions if name in commands else ()
            commands[name] = Command(name, [*others, distribution], function)
    return commands


def named(name: str, own: Sequence[str]) -> Command:
    """The command of this name. Raises CommandError, with the nearest name, when there is none; `own` are known, too."""
    commands = found()
    if name in commands:
        return commands[name]
    if name in BROUGHT_BY:
        distribution = BROUGHT_BY[name]
        raise CommandError(
            f"the command {name!r} comes with {distribution}, which is not installed here; pip install {distribution}"
        )
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistyped command needs it

    nearest = get_close_matches(name, [*own, *commands, *BROUGHT_BY], 1)
    advice = f"did you mean {nearest[0]!r}?" if nearest else "slipway --help lists the commands"
    raise CommandError(f"there is no command {name!r}; {advice}")


def _entry_points() -> Iterator[tuple[str, str]]:
    """Name and entry_points.txt of each installed distribution; where two have one name, Python imports the first."""
    seen = set()
    for folder in sys.path:
        try:
            names = sorted(os.listdir(folder or "."))  # noqa: PTH208 - pathlib takes longer to import than this loop
        except OSError:
            continue
        for name in names:
            stem, extension = os.path.splitext(name)  # noqa: PTH122 - as above
            distribution = stem.partition("-")[0].replace("_", "-").replace(".", "-").lower()
            if extension != ".dist-info" or distribution in seen:
                continue
            seen.add(distribution)
            try:
                with open(os.path.join(folder, name, "entry_points.txt"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
                    yield distribution, file.read()
            except OSError:
                continue


def _commands_in(text: str) -> Iterator[tuple[str, str]]:
    """Name and function of each entry point of our group in an entry_points.txt."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line
        elif section == f"[{GROUP}]" and "=" in line and not line.startswith(("#", ";")):
            name, _, function = line.partition("=")
            yield name.strip(), function.partition("[")[0].strip()
