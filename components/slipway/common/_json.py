"""Types of JSON documents: IAM policies, container definitions."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pulumi

Json: TypeAlias = bool | int | float | str | pulumi.Input[str] | Sequence["Json"] | Mapping[str, "Json"] | None
"""A value of a JSON document; its strings may be outputs."""
JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON document, for `pulumi.Output.json_dumps`."""
