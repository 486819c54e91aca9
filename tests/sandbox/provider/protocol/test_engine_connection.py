"""Where the program behind a connection lives, asked of the system; and progress in the engine's display."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from slipway_sandbox.provider.protocol import engine_connection

LISTENER = (
    "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc says it on Linux only")


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Any]:
    """Starts listeners, each in a folder of its own; returns the address."""
    running: list[subprocess.Popen[str]] = []

    def listen(folder: Path) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-c", LISTENER], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout is not None
        return f"127.0.0.1:{process.stdout.readline().strip()}"

    yield listen
    for process in running:
        process.communicate("\n")


@linux
def test_the_program_is_where_its_engine_was_started(listener: Any, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\n")
    assert engine_connection.program_directory(listener(tmp_path)) == tmp_path


@linux
def test_an_engine_started_below_the_program_finds_it(listener: Any, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\n")
    assert engine_connection.program_directory(listener(tmp_path / "ops" / "deep")) == tmp_path


@linux
def test_two_programs_are_told_apart(listener: Any, tmp_path: Path) -> None:
    addresses = {}
    for name in ("a", "b"):
        addresses[name] = listener(tmp_path / name)
        (tmp_path / name / "Pulumi.yaml").write_text(f"name: {name}\n")
    assert {name: engine_connection.program_directory(address) for name, address in addresses.items()} == {
        "a": tmp_path / "a",
        "b": tmp_path / "b",
    }


@linux
@pytest.mark.parametrize(
    ("file", "text", "below"),
    [
        ("Pulumi.yaml", "name: x\nmain: src\n", "src"),
        ("Pulumi.yaml", 'main: "src/app.py" # the program\nname: x\n', "src"),
        ("Pulumi.yml", "name: x\nmain: ./\n", ""),
        ("Pulumi.json", '{"name": "x", "main": "src/"}', "src"),
        ("Pulumi.yaml", "name: x\ndescription: the main: src\n", ""),
    ],
)
def test_a_program_may_be_in_another_folder_than_its_project(
    listener: Any, tmp_path: Path, file: str, text: str, below: str
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / file).write_text(text)
    assert engine_connection.program_directory(listener(tmp_path)) == tmp_path / below


def test_an_address_where_nobody_listens_has_no_program() -> None:
    assert engine_connection.program_directory("127.0.0.1:1") is None


class Engine(engine_pb2_grpc.EngineServicer):
    """Keeps the log."""

    def __init__(self) -> None:
        self.requests: list[engine_pb2.LogRequest] = []

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        self.requests.append(request)
        return empty_pb2.Empty()


def test_progress_is_shown_beside_its_resource_and_leaves_no_trace() -> None:
    engine, server = Engine(), grpc.server(ThreadPoolExecutor(1))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with engine_connection.progress(f"127.0.0.1:{port}", "urn:x") as say:
        say("Step 1/2 : FROM scratch")
    server.stop(None).wait()
    assert engine.requests == [
        engine_pb2.LogRequest(severity=engine_pb2.INFO, message="Step 1/2 : FROM scratch", urn="urn:x", ephemeral=True)
    ]


def test_a_display_that_is_gone_does_not_end_the_work(caplog: pytest.LogCaptureFixture) -> None:
    with engine_connection.progress("127.0.0.1:1", "urn:x") as say:
        say("Step 1/2 : FROM scratch")
    assert [record.getMessage().partition(": ")[0] for record in caplog.records] == ["urn:x"]
