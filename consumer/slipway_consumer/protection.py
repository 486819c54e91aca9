"""Tells ECS not to stop this task in a scale-in or a deployment while it works.

Only inside an ECS task, where the agent sets ECS_AGENT_URI; the task's role needs ecs:UpdateTaskProtection.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
"""

import json
import logging
import threading
import time
import urllib.error
import urllib.request

logger = logging.getLogger("slipway_consumer")

EXPIRES_MINUTES = 30  # ends by itself when this process dies; ECS accepts 1-2880
RENEW_SECONDS = 600
RETRY_SECONDS = 30  # after a refusal
ANSWER_SECONDS = 5


class TaskProtection:
    """Protection of the task that this process runs in, for all its consumers; without an agent calls do nothing."""

    def __init__(self, agent_uri: str | None) -> None:
        self._url = f"{agent_uri.rstrip('/')}/task-protection/v1/state" if agent_uri else None
        self._protected = False
        self._due = 0.0
        self._holders: set[object] = set()
        self._lock = threading.Lock()

    def on(self, holder: object) -> None:
        """Protect while this one works, or renew the protection before it ends."""
        with self._lock:
            self._holders.add(holder)
            if self._url is not None and time.monotonic() >= self._due:
                done = self._put(self._url, {"ProtectionEnabled": True, "ExpiresInMinutes": EXPIRES_MINUTES})
                self._protected = self._protected or done
                self._due = time.monotonic() + (RENEW_SECONDS if done else RETRY_SECONDS)

    def off(self, holder: object) -> None:
        """This one works no more; the last one ends the protection, if there is any."""
        with self._lock:
            self._holders.discard(holder)
            if self._holders or self._url is None or not self._protected:
                return
            if self._put(self._url, {"ProtectionEnabled": False}):
                self._protected = False
                self._due = 0.0

    def _put(self, url: str, state: dict[str, object]) -> bool:
        body = json.dumps(state).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method="PUT")  # noqa: S310 - the agent speaks plain http
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - as above
                state_now = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return _refused(f"{error.code} {error.read().decode(errors='replace')}")
        except (OSError, ValueError) as error:
            return _refused(str(error))
        if "protection" not in state_now:
            return _refused(json.dumps(state_now))
        logger.info("task protection", extra={"on": state["ProtectionEnabled"]})
        return True


def _refused(reason: str) -> bool:
    # Work goes on: without protection a scale-in may stop it, and its messages come again.
    logger.warning("task protection not changed", extra={"reason": reason})
    return False
