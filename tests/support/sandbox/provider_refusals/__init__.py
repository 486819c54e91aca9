"""A case of every refusal: the inputs, and AWS's answer.

`refusal` is the name of the refusal's function; Default: the case's own. In the files `${name.property}` refers to an
example of provider_examples/ or of prerequisites.yaml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.sandbox.provider_examples import EXAMPLES, Example

FOLDER = Path(__file__).parent
PREREQUISITES = "prerequisites.yaml"


@dataclass(frozen=True)
class Case:
    """Refused inputs, and the message."""

    type: str
    properties: Mapping[str, Any]
    says: str
    refusal: str = ""
    after: str = ""
    """An example needed first, without a reference to it."""


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text())
    return loaded


WORLD: Mapping[str, Example] = {
    **EXAMPLES,
    **{name: Example(**values) for name, values in _load(FOLDER / PREREQUISITES).items()},
}
CASES: Mapping[str, Case] = {
    name: Case(**{"refusal": name, **values})
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.name != PREREQUISITES
    for name, values in _load(path).items()
}
