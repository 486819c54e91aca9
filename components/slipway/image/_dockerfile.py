"""What a Dockerfile declares: stages, arguments, secrets. Read to refuse what no line of it would use.

Source: https://docs.docker.com/reference/dockerfile/
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from slipway.common import ArgumentError, one_argument

STAGE = re.compile(r"FROM\s+(?:--\S+\s+)*\S+(?:\s+AS\s+(?P<name>\S+))?\s*", re.IGNORECASE)
ARGUMENTS = re.compile(r"ARG\s+(?P<names>.+)", re.IGNORECASE)
SECRET = re.compile(r"--mount=(?P<options>\S*type=secret\S*)")
SECRET_ID = re.compile(r"[A-Za-z0-9_.-]+")
# https://docs.docker.com/reference/dockerfile/#predefined-args, and what BuildKit itself reads
PREDEFINED = re.compile(r"(?i:HTTP|HTTPS|FTP|NO|ALL)_(?i:PROXY)|BUILDKIT_\w+|SOURCE_DATE_EPOCH")
PUSH_ARGUMENT = "IMAGE"
PUSHES = [f"ARG {PUSH_ARGUMENT}", f"FROM ${{{PUSH_ARGUMENT}}}"]


class Dockerfile:
    """A Dockerfile's instructions, each on one line."""

    def __init__(self, who: str, path: Path) -> None:
        self._who, self._path = who, path
        joined = re.sub(r"\\[ \t]*\r?\n", " ", path.read_text(encoding="utf-8-sig", errors="replace"))
        self.lines = [
            line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")
        ]
        stages = [match for line in self.lines if (match := STAGE.fullmatch(line))]
        if not stages:
            raise ArgumentError(f"{who}: dockerfile must have a FROM line, got none in {str(path)!r}")
        self.stages = [(stage["name"] or str(index)).lower() for index, stage in enumerate(stages)]

    def check_target(self, target: str) -> None:
        """Refuse a stage that there is none of."""
        if target.lower() not in self.stages and not (target.isdigit() and int(target) < len(self.stages)):
            rule = f"target must be a stage of {self._path}"
            raise ArgumentError(f"{self._who}: {rule}, got {target!r}; it has {', '.join(self.stages)}")

    def check_arguments(self, names: Collection[str]) -> None:
        """Refuse arguments that no ARG line declares: the build would do without them in silence."""
        declared = [
            word.partition("=")[0]
            for line in self.lines
            if (match := ARGUMENTS.fullmatch(line))
            for word in match["names"].split()
        ]
        for name in names:
            if name not in declared and not PREDEFINED.fullmatch(name):
                close = difflib.get_close_matches(name, declared, n=1)
                fix = f"did you mean {close[0]}?" if close else f"add the line ARG {name}"
                raise ArgumentError(f"{self._who}: build_args.{name} is no ARG of {self._path}; {fix}")

    def check_secrets(self, secrets: Mapping[str, Mapping[str, Any]]) -> None:
        """Refuse secrets that no RUN line mounts, and those that come from nowhere or from two places."""
        mounted = {secret_id(match["options"]) for line in self.lines for match in SECRET.finditer(line)}
        for name, source in secrets.items():
            if not SECRET_ID.fullmatch(name):
                rule = "the keys of build_secrets must be letters, digits, dots, hyphens and underscores"
                raise ArgumentError(f"{self._who}: {rule}, got {name!r}")
            one_argument(self._who, {f"build_secrets.{name}.{key}": source.get(key) for key in ("env", "file")})
            if name not in mounted:
                fix = f"write RUN --mount=type=secret,id={name} where it is needed"
                raise ArgumentError(f"{self._who}: build_secrets.{name} is mounted by no RUN of {self._path}; {fix}")


def secret_id(options: str) -> str:
    """Options of a secret mount to its id, which without one is the end of its target."""
    values = dict(option.partition("=")[::2] for option in options.split(","))
    target = values.get("target") or values.get("dst") or values.get("destination") or ""
    return values.get("id") or target.rpartition("/")[2]


def check_push_dockerfile(who: str, path: Path) -> None:
    """Refuse a file that would push anything else than what was built."""
    lines: Sequence[str] = Dockerfile(who, path).lines
    if lines != PUSHES:
        wanted = " and ".join(f"`{line}`" for line in PUSHES)
        raise ArgumentError(
            f"{who}: push_dockerfile must have the two lines {wanted} and no more, got {len(lines)} lines"
        )
