"""The owner of the sandbox: whoever uses the keys of `slipway sandbox env`. It may do anything."""

KEY_ID = "sandbox"
SECRET_KEY = "sandbox"  # noqa: S105 - public on purpose: the sandbox asks which user calls, not for a secret
VARIABLES = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
