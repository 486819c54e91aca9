"""What a provider raises when it cannot do what the engine asked.

Exception
└── ProviderError                 one sentence for the user, no traceback
    └── IncompleteResourceError   the resource exists, but not whole: the engine records it and the next `up` repairs it
"""

from collections.abc import Mapping
from typing import Any


class ProviderError(Exception):
    """A user's mistake or a refusal by AWS or Docker: the text is shown as it is."""


class IncompleteResourceError(ProviderError):
    """A resource that exists under `id` but was not brought to what `inputs` asked.

    `properties` is what the state shall hold; the next `up` sees the difference and finishes the job.
    """

    def __init__(self, message: str, id: str, properties: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:  # noqa: A002 - Pulumi's word
        super().__init__(message)
        self.id = id
        self.properties = properties
        self.inputs = inputs
