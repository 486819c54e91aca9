"""Everything that a component registers, in the words of the engine: the files in golden/, read by test_contract.py.

After a change that is meant, `make docs` writes those files anew; read their diff.
"""

import json
from pathlib import Path
from typing import Any

import pulumi

from tests.support.components.mocks import Built, Resource
from tests.support.components.samples import CONTEXT

CHECKOUT = Path(__file__).parents[3]
FOLDER = CHECKOUT / "tests" / "components" / "golden"


def registered(built: Built) -> list[str]:
    """Each resource with its options and inputs, what is looked up, and what the component gives out; a line for each."""
    lines = [line for it in sorted(built.resources, key=lambda it: it.urn) for line in described(it)]
    lines += sorted({f"lookup {it.token.rpartition(':')[2]}: {written(it.args)}" for it in built.calls})
    outputs = built.resources[0].outputs
    lines += [f"output {key}: {written(value)}" for key, value in sorted(outputs.items())]
    relative = str(CONTEXT.relative_to(CHECKOUT))
    return [line.replace(str(CONTEXT), "<context>").replace(relative, "<context>") for line in lines]


def described(resource: Resource) -> list[str]:
    """One resource: where it stands, what it waits for and ignores, and its inputs."""
    options = {
        "depends on": sorted(resource.depends_on),
        "ignores changes of": resource.ignore_changes,
        "replaced on changes of": resource.replace_on_changes,
        "deleted before replaced": resource.delete_before_replace,
        "replaced with": resource.replacement_trigger,
    }
    return [
        f"{resource.name}: {' > '.join(resource.parents)}",
        *(f"  ({option}: {written(value)})" for option, value in options.items() if value),
        *(f"  {key}: {written(value)}" for key, value in sorted(resource.inputs.items())),
    ]


def written(value: object) -> str:
    """A value on one line; a secret is marked as one."""
    if pulumi.runtime.rpc.is_rpc_secret(value):
        return f"secret {written(pulumi.runtime.rpc.unwrap_rpc_secret(value))}"
    return value if isinstance(value, str) and "\n" not in value else json.dumps(whole(value), sort_keys=True)


def whole(value: Any) -> Any:
    """Numbers as they were written: the engine's are all floats."""
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def file_of(kind: str, case: str) -> Path:
    """Where the registrations of a sample are written down."""
    return FOLDER / f"{kind}.{case}.txt"


if __name__ == "__main__":
    from tests.support.components.built_samples import CASES, built

    for kind, case in CASES:
        file_of(kind, case).write_text("\n".join(registered(built(kind, case))) + "\n")
