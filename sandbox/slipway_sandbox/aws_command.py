"""The AWS CLI of this machine: version 1 sends some calls past AWS_ENDPOINT_URL."""

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from slipway_sandbox.process.home import write_private

VERSION_SECONDS = 30.0
# https://github.com/aws/aws-cli/blob/v1/awscli/customizations/overridesslcommonname.py
LEGACY = (
    "the aws command here is version 1, which asks a host of AWS (queue.amazonaws.com) for SQS whatever AWS_ENDPOINT_URL "
    'says; write aws sqs --endpoint-url "$AWS_ENDPOINT_URL", or install version 2'
)


def warning(notes: Path) -> str | None:
    """Sentence for a shell whose `aws` is version 1; None for another one, or none.

    `notes` keeps the version of a command until its file changes: `aws --version` takes half a second, and some shells
    attach themselves at every prompt. Where it cannot be written, the command is asked each time.
    """
    program = shutil.which("aws")
    if program is None or not _is_script(program):  # the installer of version 2 brings a binary
        return None
    key = f"{program} {os.stat(program).st_mtime_ns}"  # noqa: PTH116 - no Path for one number
    try:
        known = json.loads(notes.read_text())
    except (OSError, ValueError):
        known = {}
    if known.get("command") != key:
        known = {"command": key, "version": _version(program)}
        with contextlib.suppress(OSError):
            notes.parent.mkdir(parents=True, exist_ok=True)
            write_private(notes, json.dumps(known).encode())
    return LEGACY if str(known.get("version", "")).startswith("aws-cli/1.") else None


def _is_script(program: str) -> bool:
    with open(program, "rb") as file:  # noqa: PTH123 - as above
        return file.read(2) == b"#!"


def _version(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).strip()  # old ones write it to stderr
