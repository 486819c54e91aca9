"""Makes a Docker daemon answer: uses a running one; else, as root on Debian or Ubuntu, installs and starts it.

`python3 -m setup.docker_daemon`; standard library only. DOCKER_HOST and Docker's contexts are honoured.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from setup.machine import MachineError, alone, can_install, install, report, show_end

DEFAULT_HOST = "unix:///var/run/docker.sock"
ANSWER_SECONDS = 60.0  # a daemon that restores many containers is slow; an idle one answers within two seconds
ORPHAN_SECONDS = 10.0
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Daemon:
    """Places of a daemon to start. Default: Docker's own."""

    host: str = DEFAULT_HOST
    run: Path = Path("/var/run/docker")
    """Holds containerd's pid file, as `--exec-root`."""
    pid_file: Path = Path("/var/run/docker.pid")
    log: Path = Path("/var/log/slipway-dockerd.log")
    arguments: tuple[str, ...] = ()
    answer_seconds: float = ANSWER_SECONDS


def version(host: str | None = None) -> str:
    """Version of the daemon at `host`. Default: the daemon of the docker command line.

    Raises ConnectionError with the client's words when none answers, FileNotFoundError when there is no docker client.
    """
    at = ["--host", host] if host else []
    command = ["docker", *at, "version", "--format", "{{.Server.Version}}"]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=10)
    except subprocess.TimeoutExpired as error:
        raise ConnectionError(f"no answer within {error.timeout:.0f} s") from error
    if ended.returncode != 0:
        raise ConnectionError(ended.stderr.strip())
    return ended.stdout.strip()


def make_ready() -> str:
    """The daemon's version once it answers, after installing and starting it where needed. Raises MachineError."""
    if answer := _answer():
        return answer
    with alone("docker"):  # of two set-ups at once, one starts it
        return _answer() or _bring_up()


def _answer() -> str:
    """Version of the daemon; empty where none answers."""
    try:
        return version()
    except FileNotFoundError:
        return ""
    except ConnectionError as error:
        _refuse_another_host(str(error))
        return ""


def _bring_up() -> str:
    if _dockerd() is None or shutil.which("docker") is None:
        _install()
    if Path("/run/systemd/system").is_dir():
        return _start_service()
    return start(Daemon())


def _refuse_another_host(error: str) -> None:
    """Raise MachineError for a daemon of another machine: this module starts only this machine's own."""
    named = re.search(r"(?:daemon|API) at (\S+?)[.;:]? ", error)
    host = os.environ.get("DOCKER_HOST")
    if host is not None:
        raise MachineError(f"no Docker daemon answers at DOCKER_HOST={host}; start it there or unset DOCKER_HOST")
    if "permission denied" in error:
        raise MachineError(
            "this user may not talk to the Docker daemon; run `sudo usermod -aG docker $USER`, log in again, and try again"
        )
    if named and named[1] != DEFAULT_HOST:
        raise MachineError(
            f"no Docker daemon answers at {named[1]}; start it, or choose another with `docker context use default`"
        )


def _dockerd() -> str | None:
    return shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _install() -> None:
    if not can_install():
        raise MachineError(
            "Docker is not installed, and only root on Debian or Ubuntu can install it here; install Docker, "
            "start it, and run the command again"
        )
    packages = ["docker.io"]
    # Debian 13 has the client in a package of its own.
    if subprocess.run(["apt-cache", "show", "docker-cli"], capture_output=True).returncode == 0:
        packages.append("docker-cli")
    armor = Path("/sys/module/apparmor/parameters/enabled")
    if armor.is_file() and armor.read_text().strip() == "Y":
        packages.append("apparmor")  # with AppArmor in the kernel no container starts without its tools
    started = time.monotonic()
    print(f"installing {' '.join(packages)}", flush=True)
    install(packages)
    print(f"installed {' '.join(packages)} ({time.monotonic() - started:.1f} s)", flush=True)


def _start_service() -> str:
    if os.geteuid() != 0:
        raise MachineError("the Docker daemon is not running; run `sudo systemctl start docker` and try again")
    started = subprocess.run(["systemctl", "start", "docker"], capture_output=True, text=True)
    if started.returncode != 0:
        sys.stderr.write(started.stderr)
        raise MachineError("the service docker does not start; `journalctl -u docker -n 20` says why")
    return _await(None, Daemon())


def start(daemon: Daemon) -> str:
    """Start dockerd in a session of its own and return its version once it answers. Raises MachineError."""
    dockerd = _dockerd()
    if dockerd is None:
        raise MachineError("dockerd is not on PATH; install Docker's engine and run the command again")
    if os.geteuid() != 0:
        raise MachineError("the Docker daemon is not running; start it as root (`sudo dockerd &`) and try again")
    pid = _live_pid(daemon.pid_file, "dockerd")
    if pid is not None:
        return _await(None, daemon, pid)
    # Without the kernel's nat table dockerd gives up; then containers are reached by their address on the bridge.
    without_tables = ("--iptables=false",)
    for arguments in ((), without_tables) if _nat_works() else (without_tables,):
        _end_orphan(daemon.run / "containerd" / "containerd.pid")
        with daemon.log.open("wb") as log:
            process = subprocess.Popen(
                [dockerd, *daemon.arguments, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            started = _await(process, daemon)
        except ChildProcessError:
            continue
        print(f"started {' '.join(['dockerd', *arguments])} (pid {process.pid}, log {daemon.log})", flush=True)
        return started
    show_end(daemon.log)
    raise MachineError(f"dockerd does not start on this machine; the reason is above, the whole log in {daemon.log}")


def _live_pid(pid_file: Path, name: str) -> int | None:
    """Pid of the living process `name`. Removes the pid file of a dead one, because it keeps dockerd from starting."""
    try:
        pid = int(pid_file.read_text())
        if Path(f"/proc/{pid}/comm").read_text().strip() == name:
            return pid
    except FileNotFoundError:
        pass
    except ValueError:
        pass  # half-written by a machine that lost power
    pid_file.unlink(missing_ok=True)
    return None


def _end_orphan(pid_file: Path) -> None:
    """End the containerd of a killed dockerd: the next dockerd waits 15 seconds for it and then gives up."""
    pid = _live_pid(pid_file, "containerd")
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + ORPHAN_SECONDS
    while _live_pid(pid_file, "containerd") is not None:
        if time.monotonic() > deadline:
            raise MachineError(f"containerd (pid {pid}) of a dead dockerd does not end; `kill -9 {pid}` and try again")
        time.sleep(POLL_SECONDS)


def _nat_works() -> bool:
    iptables = shutil.which("iptables", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    return iptables is not None and subprocess.run([iptables, "-t", "nat", "-nL"], capture_output=True).returncode == 0


def _await(process: subprocess.Popen[bytes] | None, daemon: Daemon, pid: int | None = None) -> str:
    """Version of the daemon once it answers. Raises ChildProcessError when `process` has ended before."""
    deadline = time.monotonic() + daemon.answer_seconds
    while time.monotonic() < deadline:
        try:
            return version(daemon.host)
        except ConnectionError:
            if process is not None and process.poll() is not None:
                raise ChildProcessError(f"dockerd ended with exit code {process.returncode}") from None
        time.sleep(POLL_SECONDS)
    known = pid or (process and process.pid)
    who = f"dockerd (pid {known})" if known else "dockerd"
    stop = f"kill {known}" if known else "systemctl stop docker"
    raise MachineError(
        f"{who} runs but has not answered at {daemon.host} for {daemon.answer_seconds:.0f} s; "
        f"stop it with `{stop}` and run the command again"
    )


if __name__ == "__main__":
    sys.exit(report("Docker", lambda: f"Docker {make_ready()}", "answers"))
