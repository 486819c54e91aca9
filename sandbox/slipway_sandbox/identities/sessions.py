"""Sessions that the sandbox itself opens for tasks and instances: their keys, and who they are.

Sessions of AssumeRole are moto's. These here live as long as the process: containers do not outlive it either.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from slipway_sandbox.corrections.sts.session_tokens import temporary_keys
from slipway_sandbox.identities.roles import role_id_of

LIFETIME = timedelta(hours=6)  # of the credentials that ECS hands out
RENEWED_BEFORE_END = timedelta(minutes=30)


@dataclass(frozen=True)
class Session:
    """Temporary credentials of a role."""

    key_id: str
    secret_key: str
    token: str
    expires_at: datetime
    role_arn: str
    role_id: str
    """Of the role that was assumed: one that is made anew under its name has another."""
    name: str
    """The session's name: the task's or instance's id."""


class Sessions:
    """All such sessions of one sandbox. Safe to use from many threads.

    `now` is the clock. Default: the machine's.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._by_key: dict[str, Session] = {}
        self._latest: dict[tuple[str, str], Session] = {}

    def of(self, role_arn: str, name: str) -> Session:
        """The session of a role under this name; a new one half an hour before the present one ends, and for a role made anew."""
        role_id = role_id_of(role_arn)
        with self._lock:
            present = self._latest.get((role_arn, name))
            is_current = present is not None and present.role_id == role_id
            if present is not None and is_current and present.expires_at - self._now() > RENEWED_BEFORE_END:
                return present
            session = Session(
                *temporary_keys(),
                expires_at=self._now() + LIFETIME,
                role_arn=role_arn,
                role_id=role_id,
                name=name,
            )
            self._by_key[session.key_id] = self._latest[role_arn, name] = session
            return session

    def by_key(self, key_id: str) -> Session | None:
        """The session that a key belongs to."""
        return self._by_key.get(key_id)

    def end(self, name: str) -> None:
        """Forgets all sessions of this name."""
        with self._lock:
            self._by_key = {key: session for key, session in self._by_key.items() if session.name != name}
            self._latest = {key: session for key, session in self._latest.items() if session.name != name}
