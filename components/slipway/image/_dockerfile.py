"""Parser of a Dockerfile's declarations: stages, arguments, secrets. The checks refuse values that no line would use.

Source: https://docs.docker.com/reference/dockerfile/
"""

import difflib
import re
from pathlib import Path

from slipway.common import IMAGE_EXAMPLES, Arguments, is_image_name, shown

STAGE = re.compile(r"FROM\s+(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*", re.IGNORECASE)
ARGUMENTS = re.compile(r"ARG\s+(?P<names>.+)", re.IGNORECASE)
SECRET = re.compile(r"--mount=(?P<options>\S*type=secret\S*)")
MODES = re.compile(r"\bchmod\b|--chown=", re.IGNORECASE)
SECRET_ID = re.compile(r"[A-Za-z0-9_.-]+")
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
# Docker's own: https://docs.docker.com/reference/dockerfile/#predefined-args. BuildKit reads the last two.
PREDEFINED = re.compile(r"(?i:HTTP|HTTPS|FTP|NO|ALL)_(?i:PROXY)|BUILDKIT_\w+|SOURCE_DATE_EPOCH")


class Dockerfile:
    """A Dockerfile's instructions, each on one line."""

    def __init__(self, arguments: Arguments, path: Path) -> None:
        self._arguments, self._path = arguments, path
        joined = re.sub(r"\\[ \t]*\r?\n", " ", path.read_text(encoding="utf-8-sig", errors="replace"))
        self.lines = [
            line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")
        ]
        stages = [match for line in self.lines if (match := STAGE.fullmatch(line))]
        if not stages:
            raise arguments.error("dockerfile", f"must have a FROM line, got none in {str(path)!r}")
        self._bases = [str(stage["image"]) for stage in stages]
        self.stages = [(stage["name"] or str(index)).lower() for index, stage in enumerate(stages)]

    @property
    def sets_modes(self) -> bool:
        """Whether a line gives copied files a mode or an owner of their own."""
        return any(MODES.search(line) for line in self.lines)

    def check_target(self) -> None:
        """Refuse a target that is no stage, neither by name nor by number."""
        target = self._arguments.optional_text("target")
        if target is None or target.lower() in self.stages:
            return
        if target not in map(str, range(len(self.stages))):
            rule = f"must be a stage of {self._path}, got {shown(target)}"
            raise self._arguments.error("target", f"{rule}; it has {', '.join(self.stages)}")

    def check_arguments(self) -> None:
        """Refuse build_args without an ARG line: Docker would ignore them silently."""
        declared = [
            word.partition("=")[0]
            for line in self.lines
            if (match := ARGUMENTS.fullmatch(line))
            for word in match["names"].split()
        ]
        for name in self._arguments.text_map("build_args"):
            if name not in declared and not PREDEFINED.fullmatch(name):
                close = difflib.get_close_matches(name, declared, n=1)
                fix = f"did you mean {close[0]}?" if close else f"add the line ARG {name}"
                raise self._arguments.error(f"build_args.{name}", f"is no ARG of {self._path}; {fix}")

    def check_bases(self) -> None:
        """Refuse build_args that make a FROM line name no image: the build would fail after other changes."""
        values = self._arguments.text_map("build_args")
        for base in self._bases:
            names = [name for pair in VARIABLE.findall(base) for name in pair if name in values]
            image = VARIABLE.sub(lambda match: values.get(match[1] or match[2], match[0]), base)
            if names and not self._is_base(image):
                rule = f"must make an image such as {IMAGE_EXAMPLES} of FROM {base} in {self._path}"
                raise self._arguments.error(f"build_args.{names[0]}", f"{rule}, got {values[names[0]]!r}")

    def check_secrets(self) -> None:
        """Refuse build_secrets without a mount in a RUN line, and those with no place or with two."""
        mounted = {secret_id(match["options"]) for line in self.lines for match in SECRET.finditer(line)}
        for name, secret in self._arguments.each("build_secrets"):
            if not SECRET_ID.fullmatch(name):
                rule = "must be letters, digits, dots, hyphens and underscores"
                raise self._arguments.error("the keys of build_secrets", f"{rule}, got {name!r}")
            secret.exactly_one("env", "file")
            if name not in mounted:
                fix = f"write RUN --mount=type=secret,id={name} where it is needed"
                rule = f"is mounted by no RUN of {self._path}"
                raise self._arguments.error(f"build_secrets.{name}", f"{rule}; {fix}")

    def _is_base(self, image: str) -> bool:
        """An image, an earlier stage, or a text with a variable, whose value the Dockerfile has."""
        return "${" in image or is_image_name(image) or image.lower() in self.stages


def secret_id(options: str) -> str:
    """Id of a secret mount; without an id option, the last part of its target.

    >>> secret_id("type=secret,target=/run/secrets/npm")
    'npm'
    """
    values = dict(option.partition("=")[::2] for option in options.split(","))
    target = values.get("target") or values.get("dst") or values.get("destination") or ""
    return values.get("id") or target.rpartition("/")[2]
