"""A `pulumi` command line, read before it runs: whether its stack is in the sandbox, and free."""

import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from slipway_sandbox.backend import Lock, live_locks, stacks_of
from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.home import Home
from slipway_sandbox.served_stacks import is_served

# Commands of Pulumi that work on a stack.
ON_A_STACK = ("config", "destroy", "down", "pre", "preview", "refresh", "up", "update")
# Those of them that lock it; a preview does not.
LOCKING = ("destroy", "down", "import", "refresh", "up", "update")
LOOK_SECONDS = 0.2
STACK_FLAGS, FOLDER_FLAGS = ("-s", "--stack"), ("-C", "--cwd")
PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")
NAME = re.compile(r"""^name:\s*['"]?([\w.-]+)""", re.MULTILINE)
OWN = "organization/"  # a stack's first word in a backend of files
RUN = "slipway sandbox run --"


@dataclass(frozen=True)
class Project:
    """A Pulumi project on this machine."""

    folder: Path
    name: str


def require_stack(words: Sequence[str], home: Home) -> None:
    """Raises SandboxError where a command works on a stack that its project does not have in the sandbox."""
    if not any(word in ON_A_STACK for word in words[1:3]):
        return
    project = _project(words)
    if project is None:
        return  # Pulumi says so itself
    known = stacks_of(home.state, project.name)
    asked = _value(words, STACK_FLAGS)
    source = f"--stack {asked}" if asked else f"PULUMI_STACK={os.environ.get('PULUMI_STACK')}"
    asked = asked or os.environ.get("PULUMI_STACK", "")
    if not asked:
        if not known:
            raise SandboxError(
                f"project {project.name!r} has no stack in the sandbox yet; create one: {RUN} pulumi stack init sandbox"
            )
        return
    name = asked.rpartition("/")[2]
    if name not in known or ("/" in asked and not asked.startswith(OWN)):
        own = name if is_served(name, os.environ) else f"sandbox-{name}"
        remedy = f"unset PULUMI_STACK, or say --stack {name}" if name in known else f"{RUN} pulumi stack init {own}"
        raise SandboxError(
            f"{source} names no stack of project {project.name!r} in the sandbox, whose stacks are its own; {remedy}"
        )


def project_of(folder: Path) -> Project | None:
    """The project of a folder: that of the nearest Pulumi.yaml, upwards."""
    for place in (folder.absolute(), *folder.absolute().parents):
        for file in (place / name for name in PROJECT_FILES):
            if file.is_file():
                found = NAME.search(file.read_text(errors="replace"))
                return Project(place, found[1]) if found else None
    return None


def wait_for_others(words: Sequence[str], home: Home, say: Callable[[str], None]) -> None:
    """Waits until no other process of this machine works on the stack; at its lock, Pulumi would advise to break it."""
    if not any(word in LOCKING for word in words[1:3]):
        return
    if others := _others(words, home):
        say(f"{others[0].holder} is at work on stack {others[0].stack!r}; waiting until it ends")
    while _others(words, home):
        time.sleep(LOOK_SECONDS)


def _others(words: Sequence[str], home: Home) -> list[Lock]:
    """Locks in the way of a command: those of its stack, or of every stack of its project where it names none."""
    project = _project(words)
    stack = (_value(words, STACK_FLAGS) or os.environ.get("PULUMI_STACK", "")).rpartition("/")[2]
    return [
        lock
        for lock in live_locks(home.state)
        if project and lock.project == project.name and stack in ("", lock.stack)
    ]


def _project(words: Sequence[str]) -> Project | None:
    return project_of(Path(_value(words, FOLDER_FLAGS) or Path.cwd()))


def _value(words: Sequence[str], flags: tuple[str, ...]) -> str:
    """The value of a flag, as `--flag value` or `--flag=value`; empty without it."""
    for index, word in enumerate(words):
        if word in flags:
            return words[index + 1] if index + 1 < len(words) else ""
        for flag in flags:
            if word.startswith(f"{flag}="):
                return word.removeprefix(f"{flag}=")
    return ""
