"""What the running sandbox tells of itself: `slipway sandbox status` and `slipway sandbox denied`."""

import dataclasses
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process import stacks
from slipway_sandbox.process.held_files import holder, is_held
from slipway_sandbox.process.home import Home, Record, read_record
from slipway_sandbox.process.ports import DENIED_PATH, RIGHTS_PATH, STATUS_PATH, get
from slipway_sandbox.process.status import CloudStatus, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.identities.denials import DenialReport
    from slipway_sandbox.identities.rights import Rights

ANSWER_SECONDS = 5.0


def running(home: Home) -> Record | None:
    """The running sandbox's record; None when none runs or is ready. Raises SandboxError on a damaged one."""
    pid = holder(home.lock)
    if pid is None:
        return None
    record = read_record(home)
    return record if record and record.pid == pid else None


def status(home: Home) -> Status:
    """The report of `slipway sandbox status`."""
    record = running(home)
    if record is None or record.started_at is None:
        return _of_none(home)
    uptime = datetime.now(UTC) - datetime.fromisoformat(record.started_at)
    return {
        "state": "running",
        "home": str(home.path),
        "uptime_seconds": round(uptime.total_seconds()),
        "ports": dataclasses.asdict(record.ports),
        "pid": record.pid,
        "started_at": record.started_at,
        "bridge_address": record.bridge_address,
        "clock": {"speed": record.clock.speed, "now": record.clock.now().isoformat(timespec="seconds")},
        **cloud_status(record.ports.moto),
        "stacks": stacks.resources_by_stack(home),
    }


def denied(home: Home) -> "DenialReport":
    """The report of `slipway sandbox denied`. Raises SandboxError when the sandbox does not run."""
    return cast("DenialReport", _of_calls(home, DENIED_PATH, "denials"))


def rights(home: Home, who: str) -> "tuple[str, Mapping[str, list[str]]]":
    """ARN of a role or user, by name or ARN, and the resources by action that it has needed.

    Raises SandboxError when the sandbox does not run, or for one that has called nothing.
    """
    asked = cast("Rights", _of_calls(home, RIGHTS_PATH, "calls"))
    arns = [arn for arn in asked if who in (arn, arn.rpartition("/")[2])]
    if len(arns) != 1:
        known = ", ".join(arns or asked) or "nobody"
        raise SandboxError(
            f"{who!r} has called nothing, {known} has; deploy as it first: `slipway sandbox run --as {who} -- pulumi up`"
            if not arns
            else f"{who!r} names {known}; give the ARN"
        )
    return arns[0], asked[arns[0]]


def _of_calls(home: Home, path: str, noun: str) -> object:
    record = running(home)
    if record is None:
        raise SandboxError(f"the sandbox of {home.path} is not running; it keeps its {noun} as long as it runs")
    return _answer(record.ports.moto, path)


def _of_none(home: Home) -> Status:
    report = {"state": "starting" if is_held(home.lock) else "stopped", "home": str(home.path)}
    return cast(Status, report)  # the rest is there while it runs


def cloud_status(port: int) -> CloudStatus:
    """The background process's part of the status. Raises SandboxError when it does not answer."""
    return cast(CloudStatus, _answer(port, STATUS_PATH))


def _answer(port: int, path: str) -> object:
    """A report of the running sandbox. Raises SandboxError when it does not answer."""
    try:
        return json.loads(get(port, path, ANSWER_SECONDS))
    except (OSError, ValueError) as error:
        raise SandboxError(
            f"the sandbox runs but does not answer on port {port} ({error}); "
            "run `slipway sandbox stop`, which ends it in any case, and start it again"
        ) from error
