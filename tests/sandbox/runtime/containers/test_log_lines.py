"""The output of a container: times, split lines, and a daemon that goes and comes back."""

from collections.abc import Iterator

from urllib3.exceptions import ProtocolError

from slipway_sandbox.runtime.containers.log_lines import LogLines
from slipway_sandbox.runtime.containers.specs import LogTarget
from tests.support.conditions import awaited

SECOND = 1795442400_000
TARGET = LogTarget("/app", "s", False, "eu-west-1")


class Outputs:
    """A daemon with one container, which ends after its last output; between two outputs the daemon is away."""

    def __init__(self, *outputs: list[bytes]) -> None:
        self.left = list(outputs)
        self.asked_since: list[float] = []

    def lines(self, container: str, since: float = 0.0) -> Iterator[bytes]:
        self.asked_since.append(since)
        yield from self.left.pop(0)
        if self.left:
            raise ProtocolError("Connection broken")

    def runs(self, container: str) -> bool:
        return bool(self.left)


def test_log_lines_have_their_time_and_are_joined_when_docker_splits_them() -> None:
    chunks = [
        b"2026-11-23T14:00:00.123456789Z one\n2026-11-23T14:00:01.000000000Z two ",
        b"2026-11-23T14:00:01.100000000Z halves\n2026-11-23T14:00:02.000000000Z \n",
        b"2026-11-23T14:00:03.000000000Z \xff bytes\n",
    ]
    lines = LogLines(TARGET, Outputs(chunks), "c")
    lines.wait()
    assert lines.take() == [
        {"timestamp": SECOND + 123, "message": "one"},
        {"timestamp": SECOND + 1100, "message": "two halves"},
        {"timestamp": SECOND + 3000, "message": "\ufffd bytes"},
    ]
    assert lines.take() == []


def test_lines_go_on_behind_the_last_one_when_the_daemon_comes_back() -> None:
    first = [
        b"2026-11-23T14:00:01.000000001Z one\n2026-11-23T14:00:01.000000002Z two\n2026-11-23T14:00:01.000000003Z thr"
    ]
    again = [
        b"2026-11-23T14:00:01.000000001Z one\n2026-11-23T14:00:01.000000002Z two\n2026-11-23T14:00:01.000000003Z three\n"
    ]
    daemon = Outputs(first, again)
    lines = LogLines(TARGET, daemon, "c")
    assert awaited(lambda: not daemon.left)
    lines.wait()
    assert [event["message"] for event in lines.take()] == ["one", "two", "three"]
    assert daemon.asked_since == [0.0, SECOND / 1000 + 1]
