"""Examples of every resource type of the sandbox; a type without one fails the suite.

In the files `${name.property}` refers to another example (`${name.property.0.member}` to a part of one), `change` is what an update in place sets (null takes a property
away) and `replace` what replaces.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

REFERENCE = re.compile(r"\$\{(\w+)\.([\w.]+)\}")


@dataclass(frozen=True)
class Example:
    """A resource with an in-place change and a replacing one."""

    type: str
    properties: Mapping[str, Any]
    change: Mapping[str, Any] = field(default_factory=dict)
    replace: Mapping[str, Any] = field(default_factory=dict)
    import_id: str = ""
    """Default: the resource's own id."""
    import_lacks: str = ""
    """Properties without an answer from the sandbox's AWS, so an import cannot know them."""
    after: str = ""
    """Examples needed first, without a reference to them."""
    collides: str = ""
    """Why AWS has no room for both the new and the old one, so a program sets delete_before_replace."""
    stays: str = ""
    """Why it can still be read after it was deleted."""


EXAMPLES: dict[str, Example] = {
    name: Example(**values)
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for name, values in yaml.safe_load(path.read_text()).items()
}


def references(value: Any) -> list[str]:
    """Names of the examples in a value's references."""
    return sorted({name for name, _ in REFERENCE.findall(json.dumps(value))})


def pick(value: Any, path: str) -> Any:
    """The part of a value at a path such as options.0.name; all of it when the path is empty."""
    for step in filter(None, path.split(".")):
        value = value[int(step) if step.isdigit() else step]
    return value


def resolve(value: Any, look_up: Callable[[str, str], Any]) -> Any:
    """The value with its references replaced; None values left out."""
    if isinstance(value, Mapping):
        return {key: resolve(item, look_up) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [resolve(item, look_up) for item in value]
    if isinstance(value, str):
        return REFERENCE.sub(lambda found: str(look_up(found[1], found[2])), value)
    return value
