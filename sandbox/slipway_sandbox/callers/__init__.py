"""Who may talk to the sandbox: its own user, this machine's names, and no web page."""

from .aws_calls import AwsDoor
from .doors import Caller, Doors
from .users import Address, cannot_tell, stranger, user_of

__all__ = ["Address", "AwsDoor", "Caller", "Doors", "cannot_tell", "stranger", "user_of"]
