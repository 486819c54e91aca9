"""Keeps the cloud on disk: a change is saved before it is answered, messages shortly after."""

import hashlib
import logging
import threading
import time
import uuid
from collections.abc import Callable

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.home import Home
from slipway_sandbox.process.saving import snapshot
from slipway_sandbox.process.saving.base import Base
from slipway_sandbox.process.saving.gate import Gate

QUIET_SECONDS = 0.5  # saved once nothing has changed for so long, where nobody waits for it
LONGEST_SECONDS = 2.0  # or has changed all this time
LOOK_SECONDS = 60.0  # for what changes without a call: tasks, log lines, messages received
SHARE = 20  # a save that nobody waits for comes at least so many times the last one's own duration later
LONGEST_PAUSE_SECONDS = 10.0
GATE_SECONDS = 2.0  # calls wait at most so long for a save to begin
FINAL_GATE_SECONDS = 10.0
KEPT_SECONDS = 30.0  # an answer waits at most so long for its change to be on disk

log = logging.getLogger(__name__)
Creations = list[dict[str, object]]


class Keeper:
    """Restores the cloud when made, and saves it for `keep`, after `changed` and on `save`.

    Raises SandboxError when a snapshot cannot be restored.
    """

    def __init__(self, home: Home, gate: Gate) -> None:
        self._home, self._gate = home, gate
        restored = snapshot.restore(home)
        self.restored = restored is not None
        self.lost_changes = home.unsaved.exists()
        """Whether the last sandbox was killed before its last changes were saved."""
        self.cloud_id = restored.header.cloud_id if restored else str(uuid.uuid4())
        self.saved_at = restored.header.saved_at if restored else None
        self.restored_creations: Creations = restored.creations if restored else []
        """The provider's record of creations, as it was."""
        self.creations: Callable[[], Creations] = lambda: self.restored_creations
        """The record as it is now; saved with the cloud."""
        self.failure: str | None = None
        """Why the cloud could not be saved last time; None when it could."""
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._is_stopping = False
        self._wake = threading.Condition()
        self._saving = threading.Lock()
        self._base: Base | None = None
        self._first_change: float | None = None
        self._last_change = 0.0
        self._changes = 0
        self._saved_changes = 0
        self._awaited_changes = 0
        self._not_before = 0.0
        self._looked_at = time.monotonic()
        self._written: tuple[str, str] | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread of `start`, if there is one. `save` still saves."""
        with self._wake:
            self._is_stopping = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def changed(self) -> None:
        """Something in the cloud has changed."""
        with self._wake:
            self._last_change = time.monotonic()
            self._changes += 1
            if self._first_change is None:
                self._first_change = self._last_change
                self._home.unsaved.touch()
                self._wake.notify_all()

    def keep(self) -> None:
        """Returns once every change so far is on disk. Call it outside of the gate, before a change is answered.

        Where the cloud cannot be saved it returns, too: `failure` says why.
        """
        with self._wake:
            wanted = self._changes
            if self._saved_changes >= wanted:
                return
            self._awaited_changes = max(self._awaited_changes, wanted)
            self._wake.notify_all()
            if not self._wake.wait_for(lambda: self._saved_changes >= wanted, KEPT_SECONDS):
                log.error("a change was answered before it could be saved: %s", self.failure)

    def save(self, *, finally_: bool = False) -> None:
        """Saves the cloud. When it cannot be saved now, `failure` and the log say why.

        The final save waits longer for calls under way, and then for none of them.
        """
        with self._saving:
            began = time.monotonic()
            self.failure = self._save(finally_)
            self._looked_at = ended = time.monotonic()
            pause = LONGEST_PAUSE_SECONDS if self.failure else min(SHARE * (ended - began), LONGEST_PAUSE_SECONDS)
            self._not_before = ended + pause
            if self.failure:
                log.error("%s", self.failure)

    def _save(self, finally_: bool) -> str | None:
        seconds = FINAL_GATE_SECONDS if finally_ else GATE_SECONDS
        with self._gate.closed(seconds) as alone:
            if not alone and not finally_:
                return f"the cloud could not be saved yet: a call takes more than {seconds:.0f} s"
            with self._wake:
                first_change, self._first_change = self._first_change, None
                changes, is_awaited = self._changes, self._awaited_changes > self._saved_changes
            try:
                base = self._base
                if base is None or not (base.is_whole if is_awaited else base.is_current):
                    base = self._base = Base()
                content = snapshot.dump(base, self.creations())
            except SandboxError as error:
                return self._unsaved(error, first_change, changes)
        if (digest := (base.sha256, hashlib.sha256(content).hexdigest())) != self._written:
            try:
                self.saved_at = snapshot.write(self._home, self.cloud_id, base, content)
            except OSError as error:
                return self._unsaved(error, first_change, changes)
            self._written = digest
        with self._wake:
            self._answered(changes)
            if self._first_change is None:
                self._home.unsaved.unlink(missing_ok=True)
        return None

    def _unsaved(self, error: Exception, first_change: float | None, changes: int) -> str:
        with self._wake:
            self._first_change = first_change or self._first_change
            self.failure = str(error)
            self._answered(changes)  # another attempt would fail as well; the next change makes one
        return str(error)

    def _answered(self, changes: int) -> None:
        self._saved_changes = max(self._saved_changes, changes)
        self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._is_stopping and (wait := self._seconds_until_due()) != 0:
                    self._wake.wait(wait)
                if self._is_stopping:
                    return
            self.save()

    def _seconds_until_due(self) -> float:
        if self._awaited_changes > self._saved_changes:
            return 0.0
        if self._first_change is None:
            return max(0.0, self._looked_at + LOOK_SECONDS - time.monotonic())
        due = min(self._last_change + QUIET_SECONDS, self._first_change + LONGEST_SECONDS)
        return max(0.0, max(due, self._not_before) - time.monotonic())
