"""The typed reader of a platform that another stack shares with `export_platform`.

Source: https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences
"""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pulumi

from slipway.common import ArgumentError, line, shown

from ._parts import (
    DEPLOY,
    OUTPUT,
    VERSION,
    PlatformCluster,
    PlatformLoadBalancer,
    PlatformNetwork,
    PlatformQueue,
    PlatformTopic,
    from_output,
    is_missing,
    mapping,
    not_deployed,
    text,
)
from .export_platform import secret_output

# A function of the engine, as a StackReference is, but without a resource that every refresh would read again.
READ_OUTPUTS = "pulumi:pulumi:readStackOutputs"
UNKNOWN_STACK = "unknown stack"
RETURNED = "returned an error: "
MOST_NAMES = 8  # in a sentence


@dataclass(frozen=True)
class Platform:
    """The parts that another stack shares, as plain values; only secrets are outputs.

    A part is checked when it is asked for. Values are those of the stack's last update; they are known in every
    preview.

    Example::

        from slipway import FargateService, Platform

        platform = Platform.read("organization/platform/prod")
        FargateService(
            "shop",
            {
                "cluster_arn": platform.cluster.cluster_arn,
                "vpc_id": platform.network.vpc_id,
                "subnet_ids": platform.network.private_subnet_ids,
                "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/api:1",
            },
        )

    Raises ArgumentError on a stack that is missing or cannot be read, an output that is missing, of another type, of
    another version or not deployed yet, and on a part that is not shared.
    """

    stack_name: str
    """Stack that shares the platform."""
    output: str
    """Name of its output."""
    document: Mapping[str, object]
    """The whole object, as the stack exports it."""
    secret_values: Mapping[str, object]
    """Key of each secret to its value; a mapping in place of a value that could not be decrypted."""

    @classmethod
    def read(cls, stack_name: str, output: str = OUTPUT) -> "Platform":
        """Read the platform of a stack, named as `<organization>/<project>/<stack>`. Raises ArgumentError."""
        who = f"Platform {shown(stack_name)}"
        for label, value in (("the stack's name", stack_name), ("the output", output)):
            if not isinstance(value, str):
                raise ArgumentError(
                    f"{who}: {label} must be text, got {shown(value)}; write organization/project/stack"
                )
            line(who, label, value)
        outputs, secret_names = stack_outputs(who, stack_name)
        if output not in outputs:
            got = f"the outputs {listed(outputs)}" if outputs else "no outputs"
            fix = f"call export_platform in its program, then {DEPLOY}" if outputs else f"{DEPLOY} first"
            raise ArgumentError(f"{who}: output {output!r} must be there, got {got}; {fix}")
        if output in secret_names:
            fix = "pass secrets to export_platform in secrets"
            raise ArgumentError(f"{who}: output {output!r} must not be secret, got a secret; {fix}")
        document = outputs[output]
        if not isinstance(document, Mapping) or "version" not in document:
            rule = f"output {output!r} must be the object of export_platform"
            raise ArgumentError(f"{who}: {rule}, got {shown(document)}; call export_platform in that stack's program")
        check_version(who, output, document["version"])
        names = document.get("secrets") or []
        keys = [str(key) for key in names] if isinstance(names, list) else []
        return cls(stack_name, output, document, {key: outputs.get(secret_output(output, key)) for key in keys})

    @property
    def network(self) -> PlatformNetwork:
        """The shared network. Raises ArgumentError."""
        return from_output(PlatformNetwork, self._who, "network", self._part("network"))

    @property
    def cluster(self) -> PlatformCluster:
        """The shared cluster. Raises ArgumentError."""
        return from_output(PlatformCluster, self._who, "cluster", self._part("cluster"))

    @property
    def load_balancer(self) -> PlatformLoadBalancer:
        """The shared load balancer. Raises ArgumentError."""
        return from_output(PlatformLoadBalancer, self._who, "loadBalancer", self._part("loadBalancer"))

    def topic(self, key: str) -> PlatformTopic:
        """A shared topic by its key. Raises ArgumentError."""
        return from_output(PlatformTopic, self._who, f"topics.{key}", self._entry("topics", key))

    def queue(self, key: str) -> PlatformQueue:
        """A shared queue by its key. Raises ArgumentError."""
        return from_output(PlatformQueue, self._who, f"queues.{key}", self._entry("queues", key))

    def value(self, key: str) -> str:
        """A shared text by its key. Raises ArgumentError."""
        return text(self._who, f"values.{key}", self._entry("values", key))

    def secret(self, key: str) -> pulumi.Output[str]:
        """A shared secret by its key, as a secret output. Raises ArgumentError."""
        if key not in self.secret_values:
            raise self._not_shared(f"secrets.{key}", key, self.secret_values)
        value = self.secret_values[key]
        if is_missing(value):
            raise not_deployed(self._who, f"secrets.{key}")
        if not isinstance(value, str):
            fix = (
                "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase of that stack, or give "
                "both stacks one key of AWS KMS as secrets provider"
            )
            raise ArgumentError(f"{self._who}: secrets.{key} must be decrypted, got it encrypted; {fix}")
        return pulumi.Output.secret(value)

    @property
    def _who(self) -> str:
        return f"Platform {shown(self.stack_name)}"

    def _part(self, key: str) -> object:
        if key not in self.document:
            raise self._not_shared(key, key, [it for it in self.document if it != "version"])
        return self.document[key]

    def _entry(self, part: str, key: str) -> object:
        entries = mapping(self._who, part, self._part(part))
        if key not in entries:
            raise self._not_shared(f"{part}.{key}", key, entries)
        return entries[key]

    def _not_shared(self, label: str, key: str, known: Collection[str]) -> ArgumentError:
        close = difflib.get_close_matches(key, known, n=1)
        got = f"got {listed(known)}" if known else "got nothing"
        fix = f"did you mean {close[0]}?" if close else f"pass it to export_platform in that stack, then {DEPLOY}"
        return ArgumentError(f"{self._who}: {label} is not shared, {got}; {fix}")


def stack_outputs(who: str, stack_name: str) -> tuple[Mapping[str, object], Collection[str]]:
    """Outputs of another stack by name, and the names of the secret ones. Raises ArgumentError."""
    try:
        answer = pulumi.runtime.invoke(READ_OUTPUTS, {"name": stack_name}).value
    except Exception as error:
        cause = " ".join(str(error).rpartition(RETURNED)[2].split())
        if cause.startswith(UNKNOWN_STACK):
            rule = "the stack must be there, got none of this name in the backend"
            fix = "write it as organization/project/stack, and log in where it is, as pulumi whoami -v shows"
            raise ArgumentError(f"{who}: {rule}; {fix}") from error
        fix = "your login and the secrets provider of that stack must let you read it"
        raise ArgumentError(f"{who}: the stack cannot be read: {cause}; {fix}") from error
    return answer.get("outputs") or {}, answer.get("secretOutputNames") or []


def check_version(who: str, output: str, version: object) -> None:
    """Refuse a form of the output that this reader does not know. Raises ArgumentError."""
    if not isinstance(version, int | float) or isinstance(version, bool):
        fix = "call export_platform in that stack's program"
        raise ArgumentError(f"{who}: the version of output {output!r} must be a number, got {shown(version)}; {fix}")
    if version != VERSION:
        newer, older = "install a newer slipway-components here", f"{DEPLOY} with this version of slipway-components"
        rule = f"output {output!r} has version {shown(version)}, and this program reads version {VERSION}"
        raise ArgumentError(f"{who}: {rule}; {newer if version > VERSION else older}")


def listed(names: Collection[str]) -> str:
    """Names in a sentence, in order, a few of many."""
    shown_names = sorted(names)[:MOST_NAMES]
    more = len(names) - len(shown_names)
    return ", ".join(shown_names) + (f" and {more} more" if more else "")
