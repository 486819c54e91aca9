"""Making a Docker daemon answer: the one used, the one started, and the sentences of refusals."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from setup.docker_daemon import Daemon, make_ready, start
from setup.machine import MachineError

DOCKERD = shutil.which("dockerd", path="/usr/sbin:/usr/bin:/sbin:/bin")
needs_dockerd = pytest.mark.skipif(
    os.geteuid() != 0 or DOCKERD is None, reason="starting dockerd takes root and dockerd"
)


def program(folder: Path, name: str, script: str) -> None:
    """An executable shell script; the tests put its folder on PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, and no daemon named in the environment."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return folder


def test_a_daemon_that_answers_is_used(tools: Path) -> None:
    program(tools, "docker", "echo 27.1.0")
    assert make_ready() == "27.1.0"


@pytest.mark.parametrize(
    ("host", "answer", "message"),
    [
        (
            "tcp://10.0.0.9:2375",
            "Cannot connect to the Docker daemon at tcp://10.0.0.9:2375. Is the docker daemon running?",
            "no Docker daemon answers at DOCKER_HOST=tcp://10.0.0.9:2375; start it there or unset DOCKER_HOST",
        ),
        (
            None,
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
            "this user may not talk to the Docker daemon; run `sudo usermod -aG docker $USER`, log in again, and try again",
        ),
        (
            None,
            "Cannot connect to the Docker daemon at unix:///home/me/.docker/desktop/docker.sock. Is it running?",
            "no Docker daemon answers at unix:///home/me/.docker/desktop/docker.sock; start it, or choose another with "
            "`docker context use default`",
        ),
    ],
    ids=["DOCKER_HOST", "no permission", "another context"],
)
def test_a_daemon_that_is_not_ours_to_start_is_named(
    tools: Path, monkeypatch: pytest.MonkeyPatch, host: str | None, answer: str, message: str
) -> None:
    program(tools, "docker", f"echo '{answer}' >&2; exit 1")
    if host is not None:
        monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(MachineError) as caught:
        make_ready()
    assert str(caught.value) == message


@pytest.mark.usefixtures("tools")
def test_where_nothing_can_be_installed_the_user_is_asked_to() -> None:
    with pytest.raises(MachineError) as caught:
        make_ready()
    assert str(caught.value) == (
        "Docker is not installed, and only root on Debian or Ubuntu can install it here; install Docker, "
        "start it, and run the command again"
    )


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """A daemon of the test's own, in namespaces of its own: the machine's bridge stays, and no mount is left behind."""
    with tempfile.TemporaryDirectory(prefix="d-", dir="/tmp") as name:  # its sockets' paths may have 108 characters
        folder = Path(name)
        program(folder / "bin", "dockerd", f'exec unshare --net --mount {DOCKERD} "$@"')
        monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
        host, run, pid_file = f"unix://{folder}/d.sock", folder / "run", folder / "dockerd.pid"
        places = ("--data-root", f"{folder}/data", "--exec-root", str(run), "--pidfile", str(pid_file), "--host", host)
        yield Daemon(host, run, pid_file, folder / "dockerd.log", (*places, "--bridge=none"))
        if pid_file.exists():
            kill(pid_file, signal.SIGTERM)


def kill(pid_file: Path, with_signal: signal.Signals) -> int:
    """End the process of a pid file, which is a child of the tests."""
    pid = int(pid_file.read_text())
    os.kill(pid, with_signal)
    os.waitpid(pid, 0)
    return pid


@pytest.mark.e2e
@needs_dockerd
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")  # a daemon is meant to outlive us
def test_a_daemon_is_started_in_a_session_of_its_own_and_used_by_the_next_run(
    daemon: Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    first = start(daemon)
    pid = int(daemon.pid_file.read_text())
    assert os.getsid(pid) == pid
    assert capsys.readouterr().out == f"started dockerd (pid {pid}, log {daemon.log})\n"
    assert start(daemon) == first
    assert (int(daemon.pid_file.read_text()), capsys.readouterr().out) == (pid, "")


@pytest.mark.e2e
@needs_dockerd
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
def test_what_a_killed_daemon_left_does_not_keep_the_next_one_from_starting(
    daemon: Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    start(daemon)
    old = kill(daemon.pid_file, signal.SIGKILL)
    assert daemon.pid_file.exists() and Path(daemon.host.removeprefix("unix://")).exists()
    daemon.pid_file.write_text(f"{os.getpid()}\n")  # the number went to another process, as it does after a restart
    capsys.readouterr()
    start(daemon)
    new = int(daemon.pid_file.read_text())
    assert new not in {old, os.getpid()}
    assert capsys.readouterr().out == f"started dockerd (pid {new}, log {daemon.log})\n", "started at the first attempt"


@pytest.mark.e2e
@needs_dockerd
def test_a_daemon_that_ends_at_once_is_shown_with_its_log(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    broken = Daemon(
        daemon.host, daemon.run, daemon.pid_file, daemon.log, (*daemon.arguments, "--storage-driver=none-such")
    )
    with pytest.raises(MachineError) as caught:
        start(broken)
    assert str(caught.value) == (
        f"dockerd does not start on this machine; the reason is above, the whole log in {daemon.log}"
    )
    assert "driver not supported" in capsys.readouterr().err


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("docker") is None, reason="asking a daemon takes docker, and root"
)
def test_a_daemon_that_runs_and_does_not_answer_is_named_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin", "dockerd", "echo deaf; read end")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    host, pid_file = f"unix://{tmp_path}/none.sock", tmp_path / "pid"
    with subprocess.Popen(["dockerd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as deaf:
        assert deaf.stdout is not None
        assert deaf.stdout.readline() == b"deaf\n"
        pid_file.write_text(str(deaf.pid))
        with pytest.raises(MachineError) as caught:
            start(Daemon(host, tmp_path, pid_file, tmp_path / "log", answer_seconds=0.1))
        deaf.communicate(b"\n")
    assert str(caught.value) == (
        f"dockerd (pid {deaf.pid}) runs but has not answered at {host} for 0 s; "
        f"stop it with `kill {deaf.pid}` and run the command again"
    )
