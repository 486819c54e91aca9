"""The encoded messages with which EC2 refuses.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.sts.responses import TokenResponse

from slipway_sandbox.authorization.refusals import decoded
from slipway_sandbox.corrections._decorator import adds


class InvalidAuthorizationMessageException(ServiceException):
    """A text that no refusal holds."""

    code = "InvalidAuthorizationMessageException"


@adds(TokenResponse, why="moto has no encoded messages; the sandbox refuses EC2's calls with one, as AWS does.")
def decode_authorization_message(self: TokenResponse) -> ActionResult:
    """The details of a refusal, as JSON."""
    try:
        message = decoded(self._get_param("EncodedMessage"))
    except ValueError as error:
        raise InvalidAuthorizationMessageException("The message could not be decoded") from error
    return ActionResult({"DecodedMessage": message})
