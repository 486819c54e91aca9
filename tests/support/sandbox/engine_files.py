"""Pulumi's file backend, written as the engine does it."""

import json
from pathlib import Path

from slipway_sandbox.backend.engine_state import EngineState
from tests.support.sandbox.provider_driver import Live


class EngineFiles:
    """The lock and the state of stack `test` of project `test`."""

    def __init__(self, directory: Path) -> None:
        self.reader = EngineState(directory)
        self._locks = directory / ".pulumi" / "locks" / "organization" / "test" / "test"
        self._state = directory / ".pulumi" / "stacks" / "test" / "test.json"
        self._locks.mkdir(parents=True)
        self._state.parent.mkdir(parents=True)

    def begin(self, update: str) -> None:
        """An update takes the lock; that of a killed one is gone."""
        self.end()
        (self._locks / f"{update}.json").write_text('{"pid": 1}')

    def end(self) -> None:
        for lock in self._locks.glob("*.json"):
            lock.unlink()

    def write(self, *resources: Live) -> None:
        """The state has these resources."""
        listed = [{"urn": live.urn, "type": live.token, "id": live.id} for live in resources]
        self._state.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": listed}}}))
