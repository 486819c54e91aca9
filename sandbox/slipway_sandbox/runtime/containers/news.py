"""Whether something has happened to the sandbox's containers: Docker's events say so, and nobody has to ask twice a second.

Source: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemEvents
"""

import contextlib
import math
import threading
from time import monotonic

import docker
from docker.errors import DockerException
from docker.types.daemon import CancellableStream

from slipway_sandbox.docker_daemon import BROKEN_OFF
from slipway_sandbox.runtime.containers.removals import LABEL

EVENTS = ["create", "start", "die", "destroy", "health_status", "pause", "unpause"]
SETTLE_SECONDS = 10.0  # Docker's list shows an end 0.05 s after its event, and on a busy machine much later
LOOK_SECONDS = 5.0  # between two looks where nothing is heard: a silent daemon is noticed, too
PAUSE_SECONDS = 1.0  # between two tries at a daemon that does not answer
END_SECONDS = 2.0  # a stream over ssh cannot be closed


class ContainerNews:
    """Follows the events of one sandbox's containers in a thread. Until it can, a look is always due."""

    def __init__(self, client: docker.DockerClient, owner: str) -> None:
        self._client = client
        self._filters = {"type": "container", "event": EVENTS, "label": f"{LABEL}={owner}"}
        self._heard_at = -math.inf
        self._closed = threading.Event()
        self._stream: CancellableStream[str] | None = None
        self._looked_at = 0.0
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Follows no more."""
        self._closed.set()
        stream, thread = self._stream, self._thread
        if stream is not None:
            with contextlib.suppress(OSError, DockerException):  # the daemon has closed it already
                stream.close()
        if thread is not None:
            thread.join(END_SECONDS)

    def take(self) -> bool:
        """Whether to look at the containers now: for some seconds after any news. The first call begins to follow."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._follow, name="containers' events", daemon=True)
            self._thread.start()
        now = monotonic()
        is_settled = now - self._heard_at >= SETTLE_SECONDS
        is_due = self._stream is None or not is_settled or now - self._looked_at >= LOOK_SECONDS
        if is_due:
            self._looked_at = now
        return is_due

    def tell(self) -> None:
        """Something has changed that the looks shall show, whether its event is here or not."""
        self._heard_at = monotonic()

    def _follow(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(DockerException, *BROKEN_OFF):  # the look that is now due says what is wrong
                self._listen(self._client.api.events(filters=self._filters))
            self._stream = None
            self._closed.wait(PAUSE_SECONDS)

    def _listen(self, stream: "CancellableStream[str]") -> None:
        self._stream = stream
        if self._closed.is_set():  # meanwhile, so that nobody else closes it
            stream.close()
            return
        self.tell()
        try:
            for _ in stream:
                self.tell()
        except (AttributeError, ValueError):  # it was closed amid a read
            if not self._closed.is_set():
                raise
