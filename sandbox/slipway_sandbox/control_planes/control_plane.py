"""One cluster's control plane: four programs that are started together, watched, and ended together."""

import contextlib
import http.client
import logging
import ssl
import threading
from collections.abc import Callable

from slipway_sandbox.errors import SandboxError
from slipway_sandbox.process.ports import LOOPBACK

from . import programs
from .child import Child
from .cluster_files import ClusterFiles, Settings, Webhook

READY_SECONDS = 180.0
LOOK_SECONDS = 0.2
RESTART_SECONDS = 1.0
CALL_SECONDS = 5.0
# It exists once the controller manager works; before, no pod can be created.
DEFAULT_ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/default"

log = logging.getLogger(__name__)


class ControlPlane:
    """Runs once made, until `stop`. Programs that end are started again.

    `on_started` is called from another thread: True once it is ready, False when it is not after three minutes.
    """

    def __init__(self, files: ClusterFiles, webhook: Webhook, on_started: Callable[[bool], None]) -> None:
        settings = files.settings()
        if settings is None:
            raise SandboxError(f"the control plane in {files.folder} has no settings; delete its cluster")
        files.connect(webhook)
        self._settings: Settings = settings
        self._files, self._on_started = files, on_started
        self._children: dict[str, Child] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"control plane {files.folder.name}", daemon=True)
        self._thread.start()

    @property
    def pids(self) -> dict[str, int]:
        """Process numbers of the programs that run, by name."""
        return {name: child.pid for name, child in list(self._children.items()) if child.is_running}

    def stop(self, *, at_once: bool = False) -> None:
        """Ends the programs. `at_once`: nobody needs their data any more."""
        self._stopped.set()
        self._thread.join()
        for name in reversed(programs.NAMES):  # etcd, which has the data, is the last
            if child := self._children.get(name):
                child.stop(at_once=at_once or name != programs.ETCD)

    def _run(self) -> None:
        try:
            self._start()
            while not self._stopped.wait(RESTART_SECONDS):
                self._start_missing()
        except Exception:
            log.exception("the control plane in %s is not watched any more", self._files.folder)
            self._on_started(False)

    def _start(self) -> None:
        for _ in range(int(READY_SECONDS / LOOK_SECONDS)):
            self._start_missing()
            if self._answers():
                self._on_started(True)
                return
            if self._stopped.wait(LOOK_SECONDS):
                return
        log.error("the control plane in %s does not answer; the logs there say why", self._files.folder)
        self._on_started(False)

    def _start_missing(self) -> None:
        settings = self._settings
        for name in programs.NAMES:
            child = self._children.get(name)
            if child is not None and child.is_running:
                continue
            if child is not None:
                log.warning("%s of %s has ended and is started again", name, settings.arn)
            command = programs.command(name, settings.port, settings.service_range, settings.issuer)
            self._children[name] = Child(self._files.folder, name, command)

    def _answers(self) -> bool:
        folder = self._files.folder
        context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
        context.load_cert_chain(folder / "administrator.crt", folder / "administrator.key")
        connection = http.client.HTTPSConnection(LOOPBACK, self._settings.port, timeout=CALL_SECONDS, context=context)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", DEFAULT_ACCOUNT)
            return connection.getresponse().status == http.client.OK
        return False
