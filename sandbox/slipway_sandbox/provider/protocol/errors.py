"""Errors of a provider, for the engine to show.

Exception
└── ProviderError                 one sentence for the user, no traceback
    └── IncompleteResourceError   the resource exists, but not whole: the engine records it and the next `up` repairs it
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slipway_sandbox.provider.protocol.wire import Properties


class ProviderError(Exception):
    """A user's mistake, or a refusal by AWS or Docker: the user reads this text."""


class IncompleteResourceError(ProviderError):
    """A resource exists under `id`, but does not have all of its inputs yet.

    The state records `properties` and `inputs`; the next `up` sees the difference and finishes the job.
    """

    def __init__(self, message: str, id: str, properties: "Properties", inputs: "Properties") -> None:  # noqa: A002 - Pulumi's word
        super().__init__(message)
        self.id = id
        self.properties = properties
        self.inputs = inputs
