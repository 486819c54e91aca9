"""Keeps the cloud on disk: saves it shortly after a change; even a kill loses next to nothing."""

import hashlib
import logging
import threading
import time
import uuid

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process import snapshot
from slipway_sandbox.process.gate import Gate
from slipway_sandbox.process.home import Home

QUIET_SECONDS = 0.5  # saved once nothing has changed for so long
LONGEST_SECONDS = 2.0  # or has changed all this time
LOOK_SECONDS = 60.0  # for what changes without a call: tasks, log lines, messages received
SHARE = 20  # a save is followed by at least so many times its own duration without one
LONGEST_PAUSE_SECONDS = 10.0
GATE_SECONDS = 2.0  # calls wait at most so long for a save to begin
FINAL_GATE_SECONDS = 10.0

log = logging.getLogger(__name__)


class Keeper:
    """Restores the cloud when made, and saves it after `changed` and on `save`.

    Raises SandboxError when a snapshot cannot be restored.
    """

    def __init__(self, home: Home, gate: Gate) -> None:
        self._home, self._gate = home, gate
        header = snapshot.restore(home)
        self.restored = header is not None
        self.lost_changes = home.unsaved.exists()
        """Whether the last sandbox was killed before its last changes were saved."""
        self.cloud_id = header.cloud_id if header else str(uuid.uuid4())
        self.saved_at = header.saved_at if header else None
        self.failure: str | None = None
        """Why the cloud could not be saved last time; None when it could."""
        self._wake = threading.Condition()
        self._saving = threading.Lock()
        self._first_change: float | None = None
        self._last_change = 0.0
        self._not_before = 0.0
        self._looked_at = time.monotonic()
        self._written: bytes | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name="keeper", daemon=True).start()

    def changed(self) -> None:
        """Something in the cloud has changed."""
        with self._wake:
            self._last_change = time.monotonic()
            if self._first_change is None:
                self._first_change = self._last_change
                self._home.unsaved.touch()
                self._wake.notify()

    def save(self, *, finally_: bool = False) -> None:
        """Saves the cloud. When it cannot be saved now, `failure` and the log say why.

        The final save waits longer for calls under way, and then for none of them.
        """
        with self._saving:
            began = time.monotonic()
            self.failure = self._save(finally_)
            self._looked_at = ended = time.monotonic()
            self._not_before = ended + min(SHARE * (ended - began), LONGEST_PAUSE_SECONDS)
            if self.failure:
                log.error("%s", self.failure)

    def _save(self, finally_: bool) -> str | None:
        seconds = FINAL_GATE_SECONDS if finally_ else GATE_SECONDS
        with self._gate.closed(seconds) as alone:
            if not alone and not finally_:
                return f"the cloud could not be saved yet: a call takes more than {seconds:.0f} s"
            with self._wake:
                first_change, self._first_change = self._first_change, None
            try:
                content = snapshot.dump()
            except SandboxError as error:
                return self._unsaved(error, first_change)
        if (digest := hashlib.sha256(content).digest()) != self._written:
            try:
                self.saved_at = snapshot.write(self._home, self.cloud_id, content)
            except OSError as error:
                return self._unsaved(error, first_change)
            self._written = digest
        with self._wake:
            if self._first_change is None:
                self._home.unsaved.unlink(missing_ok=True)
        return None

    def _unsaved(self, error: Exception, first_change: float | None) -> str:
        with self._wake:
            self._first_change = first_change or self._first_change
        return str(error)

    def _run(self) -> None:
        while True:
            with self._wake:
                while (wait := self._seconds_until_due()) != 0:
                    self._wake.wait(wait)
            self.save()

    def _seconds_until_due(self) -> float:
        if self._first_change is None:
            return max(0.0, self._looked_at + LOOK_SECONDS - time.monotonic())
        due = min(self._last_change + QUIET_SECONDS, self._first_change + LONGEST_SECONDS)
        return max(0.0, max(due, self._not_before) - time.monotonic())
