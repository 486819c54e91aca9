"""What one row of the table of refusals can say."""

from collections.abc import Callable
from dataclasses import dataclass

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.scope import Scope


@dataclass(frozen=True)
class Refusal:
    """Something that AWS refuses and moto lets through.

    The function looks at what is asked for and answers AWS's message, or None when there is nothing to refuse; the first
    line of its docstring says what is refused.
    """

    token: str
    operation: str
    """The call that AWS answers with the error, such as CreateService."""
    code: str
    properties: str
    """What it looks at: in an update, only a change of one of them counts. The first is the one to blame."""
    finds: Callable[[Scope], str | None]
    hint: str
    """What to do about it."""
    plain: bool = False
    """Whether it can be told from the inputs alone, and so before anything is created. Default: it asks the cloud."""
    patient: bool = False
    """Whether it may right itself while other resources are being made, so that it is asked again for a while."""

    def error(self, message: str) -> AwsError:
        """The error as AWS would answer it."""
        return AwsError(self.operation, self.code, message, self.hint)
