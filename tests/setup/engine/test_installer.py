"""`python3 -m setup.engine` with stand-ins for pulumi, Go and uv: real executables in directories of their own."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from setup.engine import build, release
from tests.support.commands import HANG_SECONDS

ROOT = Path(__file__).parents[3]
GO = """\
case $1 in
    env) printf 'go1.26.0\\nlocal\\n' ;;
    list) echo one; echo two ;;
    build) {build} ;;
esac
"""
WRITE_OUTPUT = """while [ "$1" != -o ]; do shift; done; cp "$(dirname "$0")/built-pulumi" "$2" """
UV = """\
case $1 in
    venv) for last; do :; done; exec {python} -m venv --without-pip "$last" ;;
    pip) echo "$@" >> "$(dirname "$0")/installed" ;;
esac
"""


class Machine:
    """A PATH and an install root in a temporary directory; no network."""

    def __init__(self, place: Path) -> None:
        self.tools, self.root = place / "tools", place / "root"
        self.tools.mkdir()
        (self.root / "bin").mkdir(parents=True)
        self.executable(self.tools / "uv", UV.format(python=sys.executable))

    def executable(self, path: Path, script: str) -> Path:
        """Writes a shell script."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def pulumi(self, directory: Path, version: str, *, host: bool = True) -> Path:
        """A CLI of this version, with an official-looking language host beside it."""
        if host:
            self.executable(directory / "pulumi-language-python", f"echo {version}")
        return self.executable(directory / "pulumi", f"echo {version}")

    def go(self, build: str = WRITE_OUTPUT) -> None:
        """A Go with the script as its `build`; by default it produces a CLI."""
        self.executable(self.tools / "built-pulumi", "echo v3.259.0")
        self.executable(self.tools / "go", GO.format(build=build))

    def start(self) -> "subprocess.Popen[str]":
        """Starts the installer in a process group of its own, as a terminal does."""
        environment = {
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "HOME": str(self.root.parent),
            "HTTPS_PROXY": "http://127.0.0.1:9",  # the discard port: nothing listens
        }
        return subprocess.Popen(
            [sys.executable, "-m", "setup.engine", "--install-root", str(self.root)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        """Runs the installer to its end."""
        with self.start() as process:
            out, err = process.communicate(timeout=HANG_SECONDS)
            return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.259.0\n", (3, 259, 0)),
        ("3.260.1", (3, 260, 1)),
        ("v3.260.0-alpha.1730000000", (3, 260, 0)),
        ("", None),
        ("pulumi: not found", None),
        ("v3", None),
    ],
)
def test_the_version_is_read_from_what_pulumi_prints(text: str, version: tuple[int, int, int] | None) -> None:
    assert release.parsed(text) == version


@pytest.mark.parametrize(
    ("text", "version"), [("go1.26.8", (1, 26, 8)), ("go1.25", (1, 25, 0)), ("go1.21rc2", (1, 21, 0)), ("devel", None)]
)
def test_the_version_of_go_is_read(text: str, version: tuple[int, int, int] | None) -> None:
    assert build.go_version(text) == version


def test_the_pulumi_on_path_wins_and_nothing_is_installed(machine: Machine) -> None:
    wanted = machine.pulumi(machine.tools, "v3.255.0")
    machine.pulumi(machine.root / "bin", "v3.259.0")
    done = machine.run()
    assert (done.returncode, done.stdout) == (0, f"{wanted}\n")
    assert done.stderr.startswith(f"Pulumi CLI {wanted}, ready in ")
    assert not (machine.root / "slipway-languagehost").exists()


@pytest.mark.parametrize("version", ["v3.254.9", "v2.300.0", "nonsense"])
def test_a_pulumi_on_path_that_is_too_old_is_passed_over(machine: Machine, version: str) -> None:
    machine.pulumi(machine.tools, version)
    wanted = machine.pulumi(machine.root / "bin", "v3.259.0")
    assert machine.run().stdout == f"{wanted}\n"


def test_a_pulumi_on_path_without_language_host_is_passed_over(machine: Machine) -> None:
    machine.pulumi(machine.tools, "v3.259.0", host=False)
    wanted = machine.pulumi(machine.root / "bin", "v3.259.0")
    assert machine.run().stdout == f"{wanted}\n"


def test_a_cli_without_language_host_gets_ours_and_the_second_run_does_nothing(machine: Machine) -> None:
    machine.pulumi(machine.root / "bin", "v3.259.0", host=False)
    first = machine.run()
    assert first.returncode == 0, first.stderr
    assert "installing the Python language host: done in" in first.stderr
    launchers = [machine.root / "bin" / name for name in ("pulumi-language-python", "pulumi-resource-pulumi-python")]
    assert all(os.access(path, os.X_OK) for path in launchers)
    assert "--require-hashes --no-deps" in (machine.tools / "installed").read_text()
    before = [path.stat().st_ino for path in launchers]
    second = machine.run()
    assert second.stderr.startswith("Pulumi CLI "), "one line: there was nothing to do"
    assert [path.stat().st_ino for path in launchers] == before


def test_a_language_host_of_another_checkout_is_brought_up_to_date(machine: Machine) -> None:
    machine.pulumi(machine.root / "bin", "v3.259.0", host=False)
    machine.run()
    launcher = machine.root / "bin" / "pulumi-language-python"
    ours = launcher.read_text()
    (version,) = (machine.root / "slipway-languagehost").iterdir()
    launcher.write_text(ours.replace(version.name, "0123456789ab"))
    assert machine.run().returncode == 0
    assert launcher.read_text() == ours


def test_without_go_and_without_download_one_sentence_says_what_to_install(machine: Machine) -> None:
    done = machine.run()
    assert done.returncode == 1
    wanted = ".".join(str(part) for part in build.required_go())
    assert done.stderr.splitlines()[-1] == (
        f"engine: no Go on PATH to build the Pulumi CLI with; install Go {wanted} or newer (https://go.dev/dl), "
        "or the Pulumi CLI itself (https://www.pulumi.com/docs/install)"
    )
    assert done.stdout == ""


def test_a_go_that_is_too_old_is_named_with_the_version_needed(machine: Machine) -> None:
    go = machine.executable(machine.tools / "go", "printf 'go1.19.8\\n\\n'")
    done = machine.run()
    assert done.returncode == 1
    wanted = ".".join(str(part) for part in build.required_go())
    assert done.stderr.splitlines()[-1] == (
        f"engine: building the Pulumi CLI needs Go {wanted} or newer, {go} is go1.19.8; "
        "install a newer one (https://go.dev/dl), or the Pulumi CLI itself (https://www.pulumi.com/docs/install)"
    )


def test_a_build_puts_cli_and_language_host_in_place(machine: Machine) -> None:
    machine.pulumi(machine.root / "bin", "v3.100.0")
    machine.go()
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert release.version_of(machine.root / "bin" / "pulumi") == (3, 259, 0)
    host = (machine.root / "bin" / "pulumi-language-python").read_text()
    assert "slipway_languagehost" in host, "the host of the older release does not go with the CLI that was built"


def test_a_failing_build_repeats_gos_words_and_leaves_nothing(machine: Machine) -> None:
    machine.go("echo 'cannot find module' >&2; exit 1")
    done = machine.run()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("engine: `go build` of the Pulumi CLI failed: cannot find module;")
    assert list((machine.root / "bin").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing_and_the_next_run_completes_it(
    machine: Machine, number: signal.Signals
) -> None:
    reached = machine.tools / "reached"
    os.mkfifo(reached)
    machine.go(f"""while [ "$1" != -o ]; do shift; done; echo half > "$2"; echo > {reached}; exec sleep 600""")
    with machine.start() as process:
        reached.read_text()  # waits until the build has begun
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "engine: interrupted; run it again, it continues where it stopped"
    assert list((machine.root / "bin").iterdir()) == []
    machine.go()
    assert machine.run().returncode == 0
    assert (machine.root / "bin" / "pulumi").exists()


def test_an_interrupt_ends_a_go_that_nobody_listens_to_yet(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, ended = machine.tools / "reached", machine.tools / "ended"
    os.mkfifo(reached)
    go = machine.executable(
        machine.tools / "go", f"sleep 30 & trap 'kill $!; echo > {ended}; exit' TERM; echo > {reached}; wait"
    )
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        reached.read_text()
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build.Counter(str(go)).run(["list"])
    assert ended.exists()


def test_two_installations_at_once_build_once(machine: Machine) -> None:
    reached, resume = machine.tools / "reached", machine.tools / "resume"
    os.mkfifo(reached)
    os.mkfifo(resume)
    machine.go(f"echo > {reached}; cat {resume}; {WRITE_OUTPUT}")
    with machine.start() as first:
        reached.read_text()
        with machine.start() as second:
            assert second.stderr is not None
            assert second.stderr.readline().startswith("another installation is under way")
            resume.write_text("")
            assert first.communicate(timeout=HANG_SECONDS)[0] == second.communicate(timeout=HANG_SECONDS)[0]
    # a second build would have waited for the pipe for ever
    assert (first.returncode, second.returncode) == (0, 0)


def test_the_language_host_on_path_counts_before_the_one_beside_the_cli(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = machine.pulumi(machine.root / "bin", "v3.259.0")
    monkeypatch.setenv("PATH", str(machine.tools))
    assert release.language_host(cli) == machine.root / "bin" / "pulumi-language-python"
    first = machine.executable(machine.tools / "pulumi-language-python", "echo v3.259.0")
    assert release.language_host(cli) == first
