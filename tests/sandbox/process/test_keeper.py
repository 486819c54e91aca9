"""The keeper: answers wait for the disk, and share saves."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from slipway_sandbox.process.home import Home
from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.process.saving.gate import Gate
from slipway_sandbox.process.saving.keeper import Keeper
from tests.support.commands import HANG_SECONDS

os.environ.update(MOTO_ENVIRONMENT)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def keeper(home: Home, gate: Gate) -> Iterator[Keeper]:
    keeper = Keeper(home, gate)
    yield keeper
    keeper.stop()


def test_changes_that_arrive_together_share_a_save(home: Home, gate: Gate, keeper: Keeper) -> None:
    records = list[int]()

    def creations() -> list[dict[str, object]]:
        records.append(1)
        return [{"save": len(records)}]  # each save differs from the last, so that it is written

    keeper.creations = creations

    def change() -> None:
        with gate.entered():
            keeper.changed()
        keeper.keep()

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(change) for _ in range(8)]
        keeper.start()
        for each in waiting:
            each.result(HANG_SECONDS)
    assert 1 <= len(records) < 8
    restored = Keeper(home, Gate())
    assert (restored.restored_creations, restored.lost_changes) == ([{"save": len(records)}], False)


def test_where_the_cloud_cannot_be_saved_the_answer_goes_out_and_the_reason_is_known(
    home: Home, keeper: Keeper
) -> None:
    attempts = list[int]()

    def creations() -> list[dict[str, object]]:
        attempts.append(1)
        return [{"walk": iter(home.path.rglob("*"))}]  # nothing that pickle takes

    keeper.creations = creations
    keeper.start()
    keeper.changed()
    keeper.keep()
    assert keeper.failure is not None
    assert keeper.failure.startswith("the cloud cannot be saved: moto holds something that cannot (cannot pickle")
    assert home.unsaved.exists()
    assert not home.snapshot.exists()
    assert len(attempts) == 1, "the next attempt comes with the next change, or after a while"
    keeper.creations = list
    keeper.changed()
    keeper.keep()
    assert keeper.failure is None


def test_a_stopped_keeper_saves_when_told_to_and_not_by_itself(home: Home, keeper: Keeper) -> None:
    keeper.start()
    keeper.stop()
    keeper.changed()
    assert "keeper" not in [thread.name for thread in threading.enumerate()]
    keeper.save(finally_=True)
    assert (keeper.failure, home.snapshot.exists(), home.unsaved.exists()) == (None, True, False)
