"""A row of the table of refusals."""

from collections.abc import Callable
from dataclasses import dataclass

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.scope import Scope


@dataclass(frozen=True)
class Refusal:
    """A refusal of AWS, not of moto.

    The function looks at the Scope and answers with AWS's message, or None. The first line of its docstring describes the
    refused inputs, for the table.
    """

    token: str
    operation: str
    """The refused call, such as CreateService."""
    code: str
    properties: str
    """The properties for the function. The error names the first. An update checks only changed ones."""
    finds: Callable[[Scope], str | None]
    hint: str
    """The fix."""
    plain: bool = False
    """Whether the inputs alone suffice, so Check can refuse them. Default: the function asks the cloud."""
    patient: bool = False
    """Whether another resource may soon cure it; the provider tries again for a while."""

    def error(self, message: str) -> AwsError:
        """AWS's error."""
        return AwsError(self.operation, self.code, message, self.hint)
