"""Baselines: what a version leaves behind, its schema, the promises of its wheels and the state of a stack.

`make baseline` writes them.

Each lies in tests/upgrade/<version>/. The state is that of tests/upgrade/program.txt, deployed to the sandbox.
"""

import gzip
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import slipway
from docs.generator.schema import plugin_schema
from setup import distributions
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own
from tests.support.wheels import of_wheels

FOLDER = CHECKOUT / "tests" / "upgrade"
PROGRAM = FOLDER / "program.txt"
STACK = "sandbox-upgrade"
PROJECT = {"name": "upgrade", "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}}}
UNNEEDED = ("created", "modified", "sourcePosition", "stackTrace")

Json = Mapping[str, Any]


def surface(schema: Json) -> dict[str, Any]:
    """The part of a schema that can break a program: names, and for arguments whether they are required and their types."""
    components = {
        name.rpartition(":")[2]: {
            "arguments": _shape(it["inputProperties"], it["requiredInputs"]),
            "outputs": sorted(it["properties"]),
        }
        for name, it in schema["resources"].items()
    }
    types = {
        name.rpartition(":")[2]: _shape(it["properties"], it.get("required", []))
        for name, it in schema["types"].items()
        if "properties" in it
    }
    return {"components": components, "types": types}


def breaks(before: Json, after: Json) -> Iterator[str]:
    """What a program for the surface before cannot have any more, as `Queue.maxReceives is removed`."""
    for name, component in before["components"].items():
        now = after["components"].get(name)
        if now is None:
            yield f"{name} is removed"
            continue
        yield from _changed(name, component["arguments"], now["arguments"])
        yield from (f"{name}.{output} is no output" for output in component["outputs"] if output not in now["outputs"])
    for name, arguments in before["types"].items():
        yield from _changed(name, arguments, after["types"].get(name, {}))


def project(directory: Path) -> Path:
    """The folder, with the program of the baselines."""
    (directory / "Pulumi.yaml").write_text(json.dumps(PROJECT))
    (directory / "__main__.py").write_text(PROGRAM.read_text())
    return directory


def written(stacks: Stacks, directory: Path) -> bytes:
    """The state of the deployed stack, without times and places in sources, compressed."""
    state = json.loads(stacks.pulumi(directory, "stack", "export"))
    assert "ciphertext" not in json.dumps(state), "a state with secrets needs this machine's passphrase"
    del state["deployment"]["secrets_providers"]
    for resource in state["deployment"]["resources"]:
        for key in UNNEEDED:
            resource.pop(key, None)
    return gzip.compress(json.dumps(state, sort_keys=True).encode(), mtime=0)


def main() -> None:
    """Write the baseline of the present version."""
    folder = FOLDER / slipway.__version__
    folder.mkdir(exist_ok=True)
    (folder / "surface.json").write_text(json.dumps(surface(json.loads(plugin_schema())), indent=1) + "\n")
    with tempfile.TemporaryDirectory() as place:
        for distribution in distributions.folders():
            distributions.build(distribution, Path(place), wheel_only=True)
        (folder / "wheels.json").write_text(json.dumps(of_wheels(Path(place)), indent=1) + "\n")
    with tempfile.TemporaryDirectory() as place, sandbox_of_its_own(Path(place) / "sandbox") as stacks:
        directory = Path(place) / "program"
        directory.mkdir()
        project(directory)
        stacks.pulumi(directory, "stack", "init", STACK)
        stacks.pulumi(directory, "up", "--yes", "--skip-preview")
        (folder / "state.json.gz").write_bytes(written(stacks, directory))
        stacks.pulumi(directory, "destroy", "--yes", "--skip-preview")


def _shape(properties: Json, required: list[str]) -> dict[str, str]:
    """Name of an argument to its type in one word, with ! where it is required."""
    return {name: _kind(it) + ("!" if name in required else "") for name, it in sorted(properties.items())}


def _kind(definition: Json) -> str:
    if "items" in definition:
        return f"[{_kind(definition['items'])}]"
    if "additionalProperties" in definition:
        return f"{{{_kind(definition['additionalProperties'])}}}"
    # an enum of texts is text to a program
    name = re.sub(r".*:", "", definition.get("$ref", ""))
    return name if name.endswith("Args") else str(definition.get("type", name and "string"))


def _changed(name: str, before: Json, after: Json) -> Iterator[str]:
    for key, kind in before.items():
        if key not in after:
            yield f"{name}.{key} is removed"
        elif after[key].rstrip("!") != kind.rstrip("!"):
            yield f"{name}.{key} is {after[key].rstrip('!')}, was {kind.rstrip('!')}"
    yield from (f"{name}.{key} is required" for key, it in after.items() if it.endswith("!") and before.get(key) != it)


if __name__ == "__main__":
    main()
