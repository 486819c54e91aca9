"""News of containers: nobody looks twice where nothing has happened, and always where nobody can tell."""

import queue
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from docker.errors import APIError

from slipway_sandbox.runtime.containers import news as rooms
from slipway_sandbox.runtime.containers.news import ContainerNews
from tests.support.sandbox.runtime_cloud import eventually

END: Any = None


class Daemon:
    """Docker, as far as its events go: `api` is itself, and each list of events is one connection."""

    def __init__(self, *connections: "Events | APIError") -> None:
        self.api = self
        self._connections = iter(connections)
        self.filters: list[dict[str, Any]] = []

    def events(self, filters: dict[str, Any]) -> "Events":
        self.filters.append(filters)
        connection = next(self._connections)
        if isinstance(connection, APIError):
            raise connection
        return connection


class Events:
    """A stream that has what is put into it."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.is_read = False

    def happen(self) -> None:
        self._queue.put({"Action": "die"})

    def close(self) -> None:
        self._queue.put(END)

    def __iter__(self) -> Iterator[Any]:
        self.is_read = True
        return iter(self._queue.get, END)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(rooms, "LOOK_SECONDS", 600.0)


def following(daemon: Any, events: Events) -> ContainerNews:
    """News that follow, with the first look behind them."""
    news = ContainerNews(daemon, "me")
    assert news.take(), "nobody has looked yet"
    eventually(lambda: events.is_read)
    news.take()  # due by the connection, unless the first look came after it
    return news


def test_a_look_is_due_when_something_has_happened_and_not_again() -> None:
    events = Events()
    daemon = Daemon(events)
    with closing(following(daemon, events)) as news:
        assert not news.take()
        events.happen()
        eventually(news.take)
        assert not news.take()
        news.tell()
        assert (news.take(), news.take()) == (True, False)
    [filters] = daemon.filters
    assert (filters["type"], filters["label"]) == ("container", "slipway.sandbox=me")
    assert not {"exec_create", "exec_start", "exec_die"} & set(filters["event"]), "health checks are no news"


def test_a_look_is_due_after_a_while_without_news(monkeypatch: pytest.MonkeyPatch) -> None:
    events = Events()
    with closing(following(Daemon(events), events)) as news:
        assert not news.take()
        monkeypatch.setattr(rooms, "LOOK_SECONDS", 0.0)
        assert (news.take(), news.take()) == (True, True)


def test_a_daemon_that_comes_back_is_followed_again() -> None:
    first, second = Events(), Events()
    with closing(following(Daemon(first, APIError("gone"), second), first)) as news:
        first.close()
        eventually(lambda: second.is_read)
        assert (news.take(), news.take()) == (True, False), "what happened meanwhile"
