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


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rooms, "monotonic", clock)
    monkeypatch.setattr(rooms, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(rooms, "LOOK_SECONDS", 600.0)
    return clock


def following(daemon: Any, events: Events, clock: Clock) -> ContainerNews:
    """News that follow, with the looks of the connection behind them."""
    news = ContainerNews(daemon, "me")
    assert news.take(), "nobody has looked yet"
    eventually(lambda: events.is_read)
    assert news.take(), "what happened before it followed"
    clock.now += rooms.SETTLE_SECONDS
    return news


def test_looks_are_due_when_something_has_happened_until_dockers_list_shows_it(clock: Clock) -> None:
    events = Events()
    daemon = Daemon(events)
    with closing(following(daemon, events, clock)) as news:
        assert not news.take()
        events.happen()
        eventually(news.take)
        clock.now += rooms.SETTLE_SECONDS - 1
        assert (news.take(), news.take()) == (True, True), "Docker's list shows an end after its event"
        clock.now += 1
        assert not news.take()
        news.tell()
        assert news.take()
    [filters] = daemon.filters
    assert (filters["type"], filters["label"]) == ("container", "slipway.sandbox=me")
    assert not {"exec_create", "exec_start", "exec_die"} & set(filters["event"]), "health checks are no news"


def test_a_look_is_due_after_a_while_without_news(clock: Clock) -> None:
    events = Events()
    with closing(following(Daemon(events), events, clock)) as news:
        clock.now += rooms.LOOK_SECONDS
        assert (news.take(), news.take()) == (True, False)


def test_a_daemon_that_comes_back_is_followed_again(clock: Clock) -> None:
    first, second = Events(), Events()
    with closing(following(Daemon(first, APIError("gone"), second), first, clock)) as news:
        first.close()
        eventually(lambda: second.is_read)
        assert news.take(), "what happened meanwhile"
        clock.now += rooms.SETTLE_SECONDS
        assert not news.take()
