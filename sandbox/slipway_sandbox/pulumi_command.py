"""A `pulumi` command line, read before it runs: whether its stack is in the sandbox."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.home import Home
from slipway_sandbox.process.stacks import STACKS, SUFFIXES

# Commands of Pulumi that work on a stack.
ON_A_STACK = ("config", "destroy", "down", "pre", "preview", "refresh", "up", "update")
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
    project = project_of(Path(_value(words, FOLDER_FLAGS) or Path.cwd()))
    if project is None:
        return  # Pulumi says so itself
    known = stacks_of(project, home)
    asked = _value(words, STACK_FLAGS)
    source = f"--stack {asked}" if asked else f"PULUMI_STACK={os.environ.get('PULUMI_STACK')}"
    asked = asked or os.environ.get("PULUMI_STACK", "")
    if not asked:
        if not known:
            raise SandboxError(
                f"project {project.name!r} has no stack in the sandbox yet; create one: "
                f"{RUN} pulumi stack init {_free_name(project)}"
            )
        return
    name = asked.rpartition("/")[2]
    if name not in known or ("/" in asked and not asked.startswith(OWN)):
        remedy = f"unset PULUMI_STACK, or say --stack {name}" if name in known else f"{RUN} pulumi stack init {name}"
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


def stacks_of(project: Project, home: Home) -> set[str]:
    """Names of the stacks that a project has in the sandbox."""
    files = list((home.state / STACKS / project.name).glob("*"))
    return {file.name.removesuffix(suffix) for suffix in SUFFIXES for file in files if file.name.endswith(suffix)}


def _value(words: Sequence[str], flags: tuple[str, ...]) -> str:
    """The value of a flag, as `--flag value` or `--flag=value`; empty without it."""
    for index, word in enumerate(words):
        if word in flags:
            return words[index + 1] if index + 1 < len(words) else ""
        for flag in flags:
            if word.startswith(f"{flag}="):
                return word.removeprefix(f"{flag}=")
    return ""


def _free_name(project: Project) -> str:
    """A name for a new stack; its values must not be encrypted for another backend already."""
    return "sandbox" if (project.folder / "Pulumi.dev.yaml").exists() else "dev"
