"""Settings of the component tests."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Let pulumi-aws say at import that one of its own types is deprecated."""
    config.addinivalue_line("filterwarnings", "ignore:aws.ec2/encryptioncontrol:DeprecationWarning")
