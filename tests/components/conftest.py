"""An engine and AWS credentials, for tests of dynamic resources."""

from collections.abc import Iterator

import pytest

from slipway_sandbox import corrections
from tests.support.aws.aws_endpoint import credentials, endpoint
from tests.support.components.engine import Engine, running

__all__ = ["credentials", "endpoint", "engine", "plain_moto"]


@pytest.fixture
def plain_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto without the sandbox's corrections and one account, which another module of this process may have left."""
    corrections.remove()
    monkeypatch.delenv("MOTO_ACCOUNT_ID", raising=False)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine that this process, as a provider, can talk to."""
    with running(monkeypatch) as made:
        yield made
