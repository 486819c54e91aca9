"""The outputs and the resources of a stack, read through the Pulumi CLI."""

import shutil
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from slipway_cli.documents import Json, as_list, as_object
from slipway_cli.documents import parse as parse_json
from slipway_cli.errors import CommandError

HOME_CLI = Path.home() / ".pulumi" / "bin" / "pulumi"


@dataclass(frozen=True)
class Outputs:
    """The outputs of a program for operators; each is empty where the program does not export it."""

    cluster_name: str = ""
    service_names: list[str] = field(default_factory=list)
    queue_urls: dict[str, str] = field(default_factory=dict)
    """Queue key to URL."""
    dead_letter_queue_urls: dict[str, str] = field(default_factory=dict)
    """The same keys to the URLs of their dead-letter queues."""
    topic_arns: list[str] = field(default_factory=list)
    """The topic that feeds the queues."""


def read(stack: str | None = None, needs: Collection[str] = ()) -> Outputs:
    """Outputs of `stack`, or of the selected one. `needs` are names of outputs that the caller cannot do without.

    Raises CommandError when there is no such stack, when a needed output is missing, or when one is of another type.
    """
    return parse(_asked(stack, "outputs", "output", "--json"), needs, stack)


def resources(stack: str | None = None) -> list[Mapping[str, Json]]:
    """Resources in the state of `stack`, or of the selected one. Raises CommandError when there is no such stack."""
    deployment = as_object(_asked(stack, "resources", "export").get("deployment"))
    return [as_object(resource) for resource in as_list(deployment.get("resources"))]


def _asked(stack: str | None, noun: str, *command: str) -> Mapping[str, Json]:
    """What `pulumi stack` answers, as JSON. Raises CommandError."""
    pulumi = shutil.which("pulumi") or (str(HOME_CLI) if HOME_CLI.exists() else None)
    if pulumi is None:
        raise CommandError("there is no pulumi on PATH; install it from https://www.pulumi.com/docs/install")
    asked = [pulumi, "stack", *command, *(["--stack", stack] if stack else [])]
    result = subprocess.run(asked, capture_output=True, text=True, check=False)
    if result.returncode:
        reason = result.stderr.strip().removeprefix("error: ").partition("\n")[0]
        raise CommandError(f"pulumi does not tell the {noun} of {_name(stack)}: {reason}")
    return as_object(parse_json(result.stdout))


def parse(outputs: Mapping[str, Json], needs: Collection[str] = (), stack: str | None = None) -> Outputs:
    """The outputs for operators. Raises CommandError as `read` does.

    >>> parse({"queueUrls": {"billing": "https://..."}}, needs=["queueUrls"]).queue_urls
    {'billing': 'https://...'}
    """
    reader = _Reader(outputs, _name(stack))
    if missing := [name for name in needs if outputs.get(name) is None]:
        raise CommandError(
            f"{reader.stack} has no output {' and no output '.join(missing)}; export it from the program, "
            "or choose a stack with --stack"
        )
    return Outputs(
        reader.text("clusterName"),
        reader.texts("serviceNames"),
        reader.text_by_key("queueUrls"),
        reader.text_by_key("deadLetterQueueUrls"),
        [reader.text("topicArn")] if outputs.get("topicArn") is not None else [],
    )


@dataclass(frozen=True)
class _Reader:
    """Reads outputs of one type each; one that is missing is empty. Raises CommandError for another type."""

    outputs: Mapping[str, Json]
    stack: str

    def text(self, name: str) -> str:
        value = self.outputs.get(name, "")
        if not isinstance(value, str):
            raise self._refusal(name, "text")
        return value

    def texts(self, name: str) -> list[str]:
        value = self.outputs.get(name, [])
        if not isinstance(value, list):
            raise self._refusal(name, "list")
        return [str(entry) for entry in value]

    def text_by_key(self, name: str) -> dict[str, str]:
        value = self.outputs.get(name, {})
        if not isinstance(value, dict):
            raise self._refusal(name, "object")
        return {key: str(entry) for key, entry in value.items()}

    def _refusal(self, name: str, kind: str) -> CommandError:
        return CommandError(
            f"{self.stack} has an output {name} that is no {kind}; export it as the reference platform does, "
            "or choose a stack with --stack"
        )


def _name(stack: str | None) -> str:
    return f"stack {stack!r}" if stack else "the selected stack"
