"""An engine and AWS credentials, for tests of dynamic resources."""

from collections.abc import Iterator

import pytest

from tests.support.aws.aws_endpoint import credentials, endpoint
from tests.support.components.engine import Engine, running

__all__ = ["credentials", "endpoint", "engine"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine that this process, as a provider, can talk to."""
    with running(monkeypatch) as made:
        yield made
