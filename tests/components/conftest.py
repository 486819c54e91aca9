"""An engine for tests of what talks to one."""

from collections.abc import Iterator

import pytest

from tests.support.components.engine import Engine, running


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine that this process, as a provider, can talk to."""
    with running(monkeypatch) as made:
        yield made
