"""The outputs of a stack, read through the Pulumi CLI."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from slipway_cli.documents import Json, as_object
from slipway_cli.documents import parse as parse_json
from slipway_cli.errors import CommandError

HOME_CLI = Path.home() / ".pulumi" / "bin" / "pulumi"


@dataclass(frozen=True)
class Outputs:
    """The outputs of the reference program for operators."""

    cluster_name: str
    service_names: list[str]
    queue_urls: dict[str, str]
    """Queue key to URL."""
    dead_letter_queue_urls: dict[str, str]
    """The same keys to the URLs of their dead-letter queues."""
    topic_arns: list[str] = field(default_factory=list)
    """The topic that feeds the queues, where the program exports it."""


def read(stack: str | None = None, *, services: bool = True) -> Outputs:
    """Outputs of `stack`, or of the selected one. Raises CommandError when there is none or an output is missing.

    Without `services`, a stack with queues alone is enough.
    """
    pulumi = shutil.which("pulumi") or (str(HOME_CLI) if HOME_CLI.exists() else None)
    if pulumi is None:
        raise CommandError("there is no pulumi on PATH; install it from https://www.pulumi.com/docs/install")
    command = [pulumi, "stack", "output", "--json", *(["--stack", stack] if stack else [])]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        reason = result.stderr.strip().removeprefix("error: ").partition("\n")[0]
        raise CommandError(f"pulumi does not tell the outputs of {_name(stack)}: {reason}")
    return parse(as_object(parse_json(result.stdout)), stack, services=services)


def parse(outputs: Mapping[str, Json], stack: str | None = None, *, services: bool = True) -> Outputs:
    """The outputs for operators. Raises CommandError when one is missing or of another shape."""
    reader = _Reader(outputs, _name(stack))
    return Outputs(
        reader.text("clusterName") if services or "clusterName" in outputs else "",
        reader.texts("serviceNames") if services or "serviceNames" in outputs else [],
        reader.text_by_key("queueUrls"),
        reader.text_by_key("deadLetterQueueUrls"),
        [reader.text("topicArn")] if "topicArn" in outputs else [],
    )


@dataclass(frozen=True)
class _Reader:
    """Reads outputs of one type each. Raises CommandError when one is missing or of another type."""

    outputs: Mapping[str, Json]
    stack: str

    def text(self, name: str) -> str:
        value = self.outputs.get(name)
        if not isinstance(value, str):
            raise self._refusal(name, "str")
        return value

    def texts(self, name: str) -> list[str]:
        value = self.outputs.get(name)
        if not isinstance(value, list):
            raise self._refusal(name, "list")
        return [str(entry) for entry in value]

    def text_by_key(self, name: str) -> dict[str, str]:
        value = self.outputs.get(name)
        if not isinstance(value, dict):
            raise self._refusal(name, "dict")
        return {key: str(entry) for key, entry in value.items()}

    def _refusal(self, name: str, kind: str) -> CommandError:
        if self.outputs.get(name) is None:
            return CommandError(
                f"{self.stack} has no output {name}; run `pulumi up` of the reference platform, or choose with --stack"
            )
        return CommandError(
            f"{self.stack} has an output {name} that is no {kind}; "
            "run `pulumi up` of the reference platform, or choose with --stack"
        )


def _name(stack: str | None) -> str:
    return f"stack {stack!r}" if stack else "the selected stack"
