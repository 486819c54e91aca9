"""The set-up behind `make`: `python3 -m setup up | down | test [pytest arguments] | ready | ready-eks | env | lock | dist`."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        f"Slipway needs Python 3.11 or newer, got {sys.version.split()[0]}; install one and run make PYTHON=python3.11"
    )

import json
import os
import shlex
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from setup import disk_space, distributions, lock_files, next_steps, python_environment
from setup.machine import MachineError
from setup.steps import ROOT, Step, StepError, foreground, run, say
from setup.turns import turn

PYTHON = str(python_environment.PYTHON)
ENGINE = [sys.executable, "-m", "setup.engine"]
STACK = "sandbox"
# Four files side by side on two processors, too: a test on the engine waits half of its time, for containers mostly. One
# Docker daemon does not keep up with more. In the order of tests/support/by_file.py, which begins with what takes long.
SIDE_BY_SIDE = ["--numprocesses=4", "--no-loadscope-reorder"]
COSTS = ["-p", "tests.support.costs"]

READY = (
    Step("uv", [sys.executable, "-m", "setup.uv_binary"]),
    Step("python", [sys.executable, "-m", "setup.python_environment"], needs=("uv",)),
    Step("engine", ENGINE, needs=("uv",)),
    Step("docker", [sys.executable, "-m", "setup.docker_daemon"]),
    Step("base image", [sys.executable, "-m", "setup.base_image"], needs=("docker", "uv")),
    Step("host image", [sys.executable, "-m", "setup.host_image"], needs=("base image",)),
)
CONTROL_PLANE = Step("control plane", [sys.executable, "-m", "setup.control_plane"])
YAML_HOST = Step("yaml host", [sys.executable, "-m", "setup.engine.yaml_host"], needs=("engine",))
SANDBOX = Step("sandbox", [PYTHON, "-m", "slipway_sandbox", "start"], needs=("python", "docker"))
PULUMI_STACK = Step("stack", [sys.executable, "-m", "setup", "stack"], needs=("engine", "sandbox"))


def environment() -> dict[str, str]:
    """The caller's environment, with bytecode written and output seen at once."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**env, "PYTHONUNBUFFERED": "1"}


def need_python() -> None:
    """Raises StepError, the fix said, where .venv was never made, or making it was interrupted."""
    if not python_environment.was_made():
        print(
            "this checkout has no Python environment; run make up, or make ready for only the set-up", file=sys.stderr
        )
        raise StepError("python")


@cache
def engine_directory() -> str:
    """Directory of the `pulumi` to use, for PATH. Raises StepError when it cannot be installed."""
    ended = subprocess.run(ENGINE, cwd=ROOT, capture_output=True, text=True)
    if ended.returncode != 0:
        sys.stderr.write(ended.stderr)
        raise StepError("engine")
    return str(Path(ended.stdout.strip()).parent)


def exports() -> str:
    """Shell commands to attach a shell to the running sandbox. Raises StepError when it does not run."""
    need_python()
    ended = subprocess.run([PYTHON, "-m", "slipway_sandbox", "env"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if ended.returncode != 0:
        raise StepError("sandbox env")
    lines = [ended.stdout.rstrip(), f'export PATH={shlex.quote(os.pathsep.join(programs()))}:"$PATH"']
    return "\n".join(lines + [f"export {name}={shlex.quote(value)}" for name, value in our_variables().items()])


def programs() -> list[str]:
    """Directories of `pulumi`, and of this checkout's own commands. Raises StepError as `engine_directory` does."""
    return [engine_directory(), str(ROOT / ".venv" / "bin")]


def our_variables() -> dict[str, str]:
    """What this checkout adds to a shell that is attached to the sandbox."""
    return {
        "PULUMI_STACK": STACK,
        # The CLI takes a flag's default from PULUMI_OPTION_<FLAG>: a plain `pulumi preview` checks the rules, too.
        "PULUMI_OPTION_POLICY_PACK": str(ROOT / ".venv" / "bin" / "slipway-policy-pack"),
    }


def attached(words: list[str], stdout: int | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command attached to the sandbox, on the caller's terminal. `stdout` as in subprocess.

    One that changes a stack waits until no other process works on that.
    """
    need_python()
    path = os.pathsep.join([*programs(), os.environ.get("PATH", os.defpath)])
    command = [PYTHON, "-m", "slipway_sandbox", "run", "--", *words]
    return foreground(command, {**environment(), **our_variables(), "PATH": path}, stdout)


def sandbox_status() -> "subprocess.CompletedProcess[str]":
    """The sandbox's status as JSON in `stdout`."""
    command = [PYTHON, "-m", "slipway_sandbox", "status", "--json"]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def sandbox_directory() -> Path:
    """Directory of this checkout's sandbox, as the sandbox itself finds it."""
    return ROOT / (os.environ.get("SLIPWAY_SANDBOX_DIR") or ".sandbox")


def up() -> int:
    """Deploy the reference platform to the sandbox and print the next steps, in turn with other commands there."""
    with turn("make up", sandbox_directory()):
        return deploy()


def deploy() -> int:
    """Set up, deploy, and print the next steps."""
    started = time.monotonic()
    disk_space.require(sandbox_directory())
    run([*READY, SANDBOX, PULUMI_STACK], environment())
    deploying = time.monotonic()
    code = attached(["pulumi", "up", "--yes", "--suppress-permalink=true"]).returncode
    now = time.monotonic()
    say(f"{'✗' if code else '✓'} pulumi up   {now - deploying:.1f} s; everything {now - started:.1f} s")
    if code:
        return code
    outputs = attached(["pulumi", "stack", "output", "--json"], subprocess.PIPE)
    status = sandbox_status()
    if outputs.returncode == status.returncode == 0:
        say(next_steps.text(json.loads(outputs.stdout), json.loads(status.stdout)["instances"].values()))
    return outputs.returncode or status.returncode


def down() -> int:
    """Destroy the reference platform and stop the sandbox, in turn with other commands there."""
    need_python()
    with turn("make down", sandbox_directory()):
        return destroy()


def destroy() -> int:
    """Destroy what is there; skips parts already gone."""
    status = sandbox_status()
    if status.returncode != 0:
        return status.returncode
    if json.loads(status.stdout)["state"] == "stopped":
        say("the sandbox is not running, so nothing is destroyed; make up starts it")
        return stop()  # a killed one leaves containers
    code = attached(["pulumi", "destroy", "--yes", "--suppress-permalink=true"]).returncode
    return code or stop()


def stop() -> int:
    """Stop the sandbox, and remove the containers of a killed one."""
    return subprocess.run([PYTHON, "-m", "slipway_sandbox", "stop"], cwd=ROOT).returncode


def test(arguments: list[str]) -> int:
    """Make the machine ready and run the tests; tests start sandboxes of their own."""
    disk_space.require(sandbox_directory())
    run([*READY, YAML_HOST], environment())
    path = os.pathsep.join([engine_directory(), os.environ.get("PATH", os.defpath)])
    # To its own end on Ctrl-C, too: the tests' sandboxes and their containers are stopped there.
    return foreground(
        [PYTHON, "-m", "pytest", *SIDE_BY_SIDE, *COSTS, *arguments], {**environment(), "PATH": path}
    ).returncode


def stack() -> int:
    """Create the stack unless it exists."""
    there = f'pulumi stack ls --json | grep -q \'"name": "{STACK}"\''
    return attached(["sh", "-c", f"{there} || exec pulumi stack init {STACK}"]).returncode


def ready() -> int:
    """Make the machine ready and stop there."""
    disk_space.require(sandbox_directory())
    run(READY, environment())
    return 0


def ready_eks() -> int:
    """Put the programs of a Kubernetes control plane into the user's cache, for the sandbox's EKS."""
    run([CONTROL_PLANE], environment())
    return 0


def env() -> int:
    """Print the shell commands for `eval "$(make env)"`."""
    say(exports())
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    "up": up,
    "down": down,
    "ready": ready,
    "ready-eks": ready_eks,
    "stack": stack,
    "env": env,
    "lock": lock_files.lock,
    "dist": distributions.main,
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    if arguments[:1] == ["test"]:
        return test(arguments[1:])
    if len(arguments) == 1 and arguments[0] in COMMANDS:
        return COMMANDS[arguments[0]]()
    say(f"usage: python3 -m setup test [pytest arguments] | {' | '.join(COMMANDS)}")
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except MachineError as error:
        sys.exit(f"{error}")
    except StepError as error:
        print(f"stopped: {error} did not succeed, the reason is above", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("interrupted; run the command again to continue", file=sys.stderr)
        sys.exit(130)
