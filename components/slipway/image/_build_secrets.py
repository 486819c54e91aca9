"""Builds with secrets: one docker provider takes secrets and cannot push, so a second Dockerfile pushes (ADR 0005).

Source: https://docs.docker.com/build/building/secrets/
"""

import os
from dataclasses import dataclass
from pathlib import Path

from slipway.common import Arguments

from ._build_context import IGNORE_FILE, ignore_patterns, is_ignored
from ._dockerfile import Dockerfile

PUSH_ARGUMENT = "IMAGE"
PUSH_LINES = [f"ARG {PUSH_ARGUMENT}", f"FROM ${{{PUSH_ARGUMENT}}}"]


@dataclass(frozen=True)
class BuildSecret:
    """Place of a secret: `env` or `file` is set."""

    id: str
    env: str | None
    file: str | None


def build_secrets(arguments: Arguments) -> list[BuildSecret]:
    """Secrets of the build, in the order of their ids."""
    return [
        BuildSecret(name, secret.optional_text("env"), secret.optional_text("file"))
        for name, secret in sorted(arguments.each("build_secrets"), key=lambda entry: entry[0])
    ]


def push_dockerfile(arguments: Arguments, context: Path, dockerfile: Path) -> Path | None:
    """The Dockerfile that pushes an image built with secrets, relative to the program's folder; None without secrets."""
    has_secrets = bool(list(arguments.each("build_secrets")))
    if not has_secrets:
        if arguments.has("push_dockerfile"):
            raise arguments.error("push_dockerfile", "needs build_secrets, got none; remove it")
        return None
    if not arguments.has("push_dockerfile"):
        reason = "the docker provider that pushes takes no secrets"
        fix = "create a file with the two lines `ARG IMAGE` and `FROM ${IMAGE}`, such as push/Dockerfile"
        raise arguments.error("build_secrets", f"needs push_dockerfile, got none; {reason}, {fix}")
    arguments.not_with("build_secrets", ["cache_from"], "whose builder logs in to no registry")
    check_dockerfile_is_seen(arguments, context, dockerfile)
    text = arguments.text("push_dockerfile")
    path = Path(os.path.relpath(text))
    if not path.is_file():
        raise arguments.error("push_dockerfile", f"must be an existing file, got {text!r}; create it")
    lines = Dockerfile(arguments, path).lines
    if lines != PUSH_LINES:
        rule = f"must have the two lines {' and '.join(f'`{line}`' for line in PUSH_LINES)} and no more"
        raise arguments.error("push_dockerfile", f"{rule}, got {len(lines)} lines")
    return path


def check_dockerfile_is_seen(arguments: Arguments, context: Path, dockerfile: Path) -> None:
    """Refuse an ignore file beside the Dockerfile, which this builder ignores, and one that leaves the Dockerfile out."""
    own_ignore_file = dockerfile.with_name(dockerfile.name + IGNORE_FILE)
    if own_ignore_file.is_file():
        rule = f"reads {IGNORE_FILE} of the context and no other, got {str(own_ignore_file)!r}"
        raise arguments.error("build_secrets", f"{rule}; move it there")
    path_in_context = os.path.relpath(dockerfile, context)
    if is_ignored(path_in_context, ignore_patterns(context, dockerfile)):
        rule = f"needs the Dockerfile in the build, got a {IGNORE_FILE} that leaves {path_in_context} out"
        raise arguments.error("build_secrets", f"{rule}; add the line !{path_in_context}")
