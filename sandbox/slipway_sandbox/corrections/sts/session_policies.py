"""STS: the inline policy of a session.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import json

from moto.core.exceptions import ServiceException


class MalformedPolicyDocumentException(ServiceException):
    """A policy that is none."""

    code = "MalformedPolicyDocument"


def require_policy(text: str) -> None:
    """Raises MalformedPolicyDocumentException for a policy that is no JSON object. Empty: there is none."""
    try:
        is_object = not text or isinstance(json.loads(text), dict)
    except ValueError:
        is_object = False
    if not is_object:
        raise MalformedPolicyDocumentException("This policy contains invalid Json")
