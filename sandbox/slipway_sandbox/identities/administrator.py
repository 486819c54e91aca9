"""The owner of the sandbox: whoever uses the keys of `slipway sandbox env`. It may do anything."""

import os

KEY_ID = "sandbox"
SECRET_KEY = "sandbox"  # noqa: S105 - public on purpose: the AWS API asks which user calls, not for a secret
VARIABLES = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}


def secret_key() -> str:
    """The secret key of this process's sandbox, which signs tokens for EKS clusters; outside of a sandbox the public one."""
    is_of_a_sandbox = os.environ.get("AWS_ACCESS_KEY_ID") == KEY_ID
    return os.environ.get("AWS_SECRET_ACCESS_KEY", SECRET_KEY) if is_of_a_sandbox else SECRET_KEY
