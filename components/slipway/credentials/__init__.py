"""Credentials for boto3, which asks AWS what no look-up of the AWS provider tells.

Only where an update asks, so boto3 is imported there.
"""

from ._keys import ENVIRONMENT, Keys, keys_of
from ._session import WrongAccountError, account_id, session, session_in

__all__ = ["ENVIRONMENT", "Keys", "WrongAccountError", "account_id", "keys_of", "session", "session_in"]
