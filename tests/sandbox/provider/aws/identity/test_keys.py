"""The administrator's keys in the provider: those of the sandbox that it runs in."""

import pytest

from slipway_sandbox.provider.aws.identity.keys import ADMINISTRATOR, Keys


@pytest.mark.parametrize(
    ("key_id", "secret_key"),
    [("sandbox", "of-this-sandbox"), ("AKIDEXAMPLE", "sandbox"), ("", "sandbox")],
    ids=["in a sandbox", "in another shell", "without keys"],
)
def test_the_secret_key_is_that_of_the_sandbox(monkeypatch: pytest.MonkeyPatch, key_id: str, secret_key: str) -> None:
    """The tokens of getClusterAuth are signed with it; the AWS API takes any."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-this-sandbox")
    assert ADMINISTRATOR.keys() == Keys("sandbox", secret_key)
