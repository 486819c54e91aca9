"""The gate: many calls at once, and none while the cloud is copied."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from slipway_sandbox.process.saving.gate import Gate
from tests.support.commands import HANG_SECONDS


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as made:
        yield made


def _inside(gate: Gate, pool: ThreadPoolExecutor) -> tuple[threading.Event, Future[None]]:
    """A call that is inside and stays there until the event is set."""
    entered, leave = threading.Event(), threading.Event()

    def call() -> None:
        with gate.entered():
            entered.set()
            assert leave.wait(HANG_SECONDS)

    future = pool.submit(call)
    assert entered.wait(HANG_SECONDS)
    return leave, future


def test_calls_are_inside_at_the_same_time(pool: ThreadPoolExecutor) -> None:
    gate = Gate()
    calls = [_inside(gate, pool) for _ in range(2)]
    for leave, future in calls:
        leave.set()
        future.result(HANG_SECONDS)


def test_it_does_not_close_on_a_call_and_opens_again(pool: ThreadPoolExecutor) -> None:
    gate = Gate()
    leave, future = _inside(gate, pool)
    with gate.closed(0.01) as alone:
        assert not alone
        with gate.entered():
            pass
    leave.set()
    future.result(HANG_SECONDS)


def test_it_closes_once_calls_have_ended_and_holds_back_new_ones(pool: ThreadPoolExecutor) -> None:
    gate = Gate()
    leave, first = _inside(gate, pool)
    order: list[str] = []

    def later() -> None:
        with gate.entered():
            order.append("call")

    pool.submit(leave.set)
    with gate.closed(HANG_SECONDS) as alone:
        assert alone
        second = pool.submit(later)
        order.append("copy")
        assert not second.done()
    second.result(HANG_SECONDS)
    first.result(HANG_SECONDS)
    assert order == ["copy", "call"]


def test_a_call_that_only_waits_does_not_keep_it_open(pool: ThreadPoolExecutor) -> None:
    gate = Gate()
    waiting, message = threading.Event(), threading.Event()

    def long_poll() -> None:
        with gate.entered():
            with gate.stepped_out():
                waiting.set()
                assert message.wait(HANG_SECONDS)
            assert gate._inside == 1  # noqa: SLF001

    future = pool.submit(long_poll)
    assert waiting.wait(HANG_SECONDS)
    with gate.closed(HANG_SECONDS) as alone:
        assert alone
        message.set()
        assert not future.done()
    future.result(HANG_SECONDS)


def test_a_call_that_fails_leaves(pool: ThreadPoolExecutor) -> None:
    gate = Gate()
    with pytest.raises(ZeroDivisionError), gate.entered():
        raise ZeroDivisionError
    with gate.closed(0.0) as alone:
        assert alone


def test_a_thread_inside_enters_again_while_a_copy_waits(pool: ThreadPoolExecutor) -> None:
    gate = Gate()
    entered, closing = threading.Event(), threading.Event()

    def call() -> None:
        with gate.entered():
            entered.set()
            assert closing.wait(HANG_SECONDS)
            with gate.entered():
                pass

    future = pool.submit(call)
    assert entered.wait(HANG_SECONDS)
    pool.submit(closing.set)
    with gate.closed(HANG_SECONDS) as alone:
        assert alone
    future.result(HANG_SECONDS)
