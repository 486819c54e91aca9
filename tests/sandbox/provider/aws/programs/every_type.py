"""Every example as a resource; with CHANGE set, as it is after the change in place.

With IMPORT, each is one that is there already: it names a file that has, by name, an import id and the name on AWS, which
a program has to give where another was made up for it.
"""

import json
import os
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from slipway import speed_up_program
from slipway_sandbox.provider import services
from tests.support.sandbox.provider_examples import EXAMPLES, REFERENCE, pick
from tests.support.sandbox.self_signed import self_signed

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
REFERRED = REFERENCE.findall(json.dumps([[each.properties, each.change] for each in EXAMPLES.values()]))
OUTPUTS = sorted({prop.partition(".")[0] for _, prop in REFERRED} - {"id"})
IMPORTED = json.loads(Path(os.environ["IMPORT"]).read_text()) if "IMPORT" in os.environ else {}
made: dict[str, pulumi.CustomResource] = {}
speed_up_program()


def look_up(name: str, prop: str) -> pulumi.Output[Any]:
    if name == "ami":
        return aws.ssm.get_parameter_output(name=IMAGE).apply(lambda found: found.insecure_value)
    if name == "self_signed":
        return pulumi.Output.from_input(self_signed()[prop])
    first, _, rest = prop.partition(".")
    output: pulumi.Output[Any] = make(name).id if first == "id" else getattr(make(name), first)
    return output.apply(lambda found: pick(found, rest)) if rest else output


def resolve(value: Any) -> Any:
    """The value with references as outputs."""
    if isinstance(value, dict):
        return {key: resolve(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [resolve(item) for item in value]
    if isinstance(value, str) and REFERENCE.search(value):
        texts, names = REFERENCE.split(value)[::3], REFERENCE.findall(value)
        parts: list[Any] = [texts[0]]
        for (name, prop), text in zip(names, texts[1:], strict=True):
            parts += [look_up(name, prop), text]
        return pulumi.Output.concat(*parts)
    return value


class AnyResource(pulumi.CustomResource):
    """A resource of any type, with all outputs of the provider."""

    def __init__(self, token: str, name: str, properties: dict[str, Any], after: list[pulumi.CustomResource]) -> None:
        options = pulumi.ResourceOptions(depends_on=after)
        if "privateKey" in EXAMPLES[name].import_lacks.split() and IMPORTED:
            options.id, properties = IMPORTED[name]["id"], {}  # a key that AWS never shows again: it is only looked up
        elif IMPORTED:
            lost = services.resource(token).words("echoed") | set(EXAMPLES[name].import_lacks.split())
            options.import_, options.ignore_changes = IMPORTED[name]["id"], sorted(lost)
            properties = IMPORTED[name]["named"] | properties
        super().__init__(token, name, {**dict.fromkeys(OUTPUTS), **properties}, options)


def make(name: str) -> pulumi.CustomResource:
    if name not in made:
        example = EXAMPLES[name]
        properties = {**example.properties, **(example.change if os.environ.get("CHANGE") else {})}
        after = [make(earlier) for earlier in example.after.split()]
        made[name] = AnyResource(example.type, name, resolve(properties), after)
    return made[name]


for each in EXAMPLES:
    make(each)
