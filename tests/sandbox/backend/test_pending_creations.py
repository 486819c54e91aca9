"""The engine's files in the sandbox's backend, read and mended."""

import json
from pathlib import Path

from slipway_sandbox.backend.engine_state import EngineState

QUEUE = {"type": "aws:sqs/queue:Queue", "id": "https://queue/orders"}
POD = {"type": "kubernetes:core/v1:Pod"}


def _write(directory: Path, **latest: object) -> Path:
    file = directory / ".pulumi" / "stacks" / "shop" / "dev.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    return file


def _lock(directory: Path, name: str) -> Path:
    lock = directory / ".pulumi" / "locks" / "organization" / "shop" / "dev" / f"{name}.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text('{"pid": 1}')
    return lock


def test_resources_are_those_of_the_stack(tmp_path: Path) -> None:
    state = EngineState(tmp_path)
    assert state.resources_of("dev::shop") == set()
    file = _write(tmp_path, resources=[QUEUE, {"type": "pulumi:pulumi:Stack"}])
    assert state.resources_of("dev::shop") == {(QUEUE["type"], QUEUE["id"]), ("pulumi:pulumi:Stack", "")}
    file.write_text("")
    assert state.resources_of("dev::shop") is None


def test_an_update_is_known_by_its_lock_unless_there_are_several(tmp_path: Path) -> None:
    state = EngineState(tmp_path)
    assert state.update_of("dev::shop") is None
    _lock(tmp_path, "1f")
    assert state.update_of("dev::shop") == "1f"
    _lock(tmp_path, "2e")
    assert state.update_of("dev::shop") is None


def test_pending_creations_of_the_sandbox_leave_the_state_once_no_update_is_at_work(tmp_path: Path) -> None:
    other = [{"resource": POD, "type": "creating"}, {"resource": QUEUE, "type": "deleting"}]
    file = _write(tmp_path, resources=[QUEUE], pending_operations=[{"resource": QUEUE, "type": "creating"}, *other])
    before, lock, state = file.read_text(), _lock(tmp_path, "1f"), EngineState(tmp_path)
    assert (state.end_creations(), file.read_text()) == ({}, before)
    lock.unlink()
    assert state.end_creations() == {"dev": 1}
    assert json.loads(file.read_text())["checkpoint"]["latest"] == {"resources": [QUEUE], "pending_operations": other}
    assert state.end_creations() == {}
