"""The outputs of a stack, read through the Pulumi CLI."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slipway_cli.errors import OpsError

HOME_CLI = Path.home() / ".pulumi" / "bin" / "pulumi"


@dataclass(frozen=True)
class Outputs:
    """What the reference program exports, as far as operators need it."""

    cluster_name: str
    service_names: list[str]
    queue_urls: dict[str, str]
    """Queue key to URL."""
    dead_letter_queue_urls: dict[str, str]
    """The same keys to the URLs of their dead-letter queues."""
    topic_arns: list[str] = field(default_factory=list)
    """The topic that feeds the queues, where the program exports it."""


def read(stack: str | None = None, *, services: bool = True) -> Outputs:
    """Outputs of `stack`, or of the selected one. Raises OpsError when there is none or an output is missing.

    Without `services` a stack of queues alone will do.
    """
    pulumi = shutil.which("pulumi") or (str(HOME_CLI) if HOME_CLI.exists() else None)
    if pulumi is None:
        raise OpsError("there is no pulumi on PATH; run `make up` once, or install it from https://www.pulumi.com")
    command = [pulumi, "stack", "output", "--json", *(["--stack", stack] if stack else [])]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        reason = result.stderr.strip().removeprefix("error: ").partition("\n")[0]
        raise OpsError(f"pulumi does not tell the outputs of {_name(stack)}: {reason}")
    return parse(json.loads(result.stdout), stack, services=services)


def parse(outputs: Mapping[str, Any], stack: str | None = None, *, services: bool = True) -> Outputs:
    """Picks what operators need. Raises OpsError when an output is missing or of another shape."""
    if not services:
        outputs = {"clusterName": "", "serviceNames": []} | dict(outputs)
    return Outputs(
        _pick(outputs, "clusterName", str, stack),
        _pick(outputs, "serviceNames", list, stack),
        _pick(outputs, "queueUrls", dict, stack),
        _pick(outputs, "deadLetterQueueUrls", dict, stack),
        [_pick(outputs, "topicArn", str, stack)] if "topicArn" in outputs else [],
    )


def _pick(outputs: Mapping[str, Any], name: str, kind: type, stack: str | None) -> Any:
    value = outputs.get(name)
    if isinstance(value, kind):
        return value
    problem = f"no output {name}" if value is None else f"an output {name} that is no {kind.__name__}"
    raise OpsError(f"{_name(stack)} has {problem}; run `pulumi up` of the reference platform, or choose with --stack")


def _name(stack: str | None) -> str:
    return f"stack {stack!r}" if stack else "the selected stack"
