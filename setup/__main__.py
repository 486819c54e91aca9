"""The set-up of `make`: `python3 -m setup up | test [pytest arguments] | ready | env`."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        f"Slipway needs Python 3.11 or newer, got {sys.version.split()[0]}; install one and run make PYTHON=python3.11"
    )

import os
import shlex
import subprocess
import time
from pathlib import Path

from setup.steps import ROOT, Step, StepError, run, say

PYTHON = str(ROOT / ".venv" / "bin" / "python")
PULUMI_HOME_BIN = Path.home() / ".pulumi" / "bin"
STACK = "sandbox"

READY = (
    Step("python", [sys.executable, "-m", "setup.python_environment"]),
    Step("engine", [sys.executable, "-m", "engine"]),
    Step("docker", [sys.executable, "-m", "setup.docker"]),
    Step("base image", [sys.executable, "-m", "setup.base_image"], needs=("docker",)),
)
SANDBOX = Step("sandbox", [PYTHON, "-m", "sandbox", "start"], needs=("python", "docker"))
PULUMI_STACK = Step("stack", [sys.executable, "-m", "setup", "stack"], needs=("python", "engine", "sandbox"))


def base_environment() -> dict[str, str]:
    """The caller's environment with the engine on PATH and bytecode written."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env["PATH"] = os.pathsep.join([str(PULUMI_HOME_BIN), env.get("PATH", os.defpath)])
    env["PYTHONUNBUFFERED"] = "1"
    return env


def shell_exports() -> str:
    """What `make env` prints: shell commands that attach a shell to the running sandbox. Raises StepError."""
    ended = subprocess.run(
        [PYTHON, "-m", "sandbox", "env"], cwd=ROOT, env=base_environment(), stdout=subprocess.PIPE, text=True
    )
    if ended.returncode != 0:
        raise StepError("sandbox env")
    return "\n".join(
        [
            ended.stdout.rstrip(),
            f'export PATH={shlex.quote(str(PULUMI_HOME_BIN))}:"$PATH"',
            f"export PULUMI_STACK={STACK}",
            # The CLI reads a flag's default from PULUMI_OPTION_<FLAG>: plain `pulumi preview` checks the rules, too.
            f"export PULUMI_OPTION_POLICY_PACK={shlex.quote(str(ROOT / 'policies'))}",
        ]
    )


def attached(command: str) -> int:
    """Run a shell command attached to the sandbox, on the caller's terminal; returns its exit code."""
    return subprocess.run(["sh", "-c", f"{shell_exports()}\n{command}"], cwd=ROOT, env=base_environment()).returncode


def up() -> int:
    """Deploy the reference platform to the sandbox and say what to try next."""
    started = time.monotonic()
    run([*READY, SANDBOX, PULUMI_STACK], base_environment())
    deploying = time.monotonic()
    code = attached("exec pulumi up --yes --suppress-permalink")
    say(
        f"{'✗' if code else '✓'} pulumi up  {time.monotonic() - deploying:.1f} s, everything {time.monotonic() - started:.1f} s"
    )
    return code or attached(f"exec {shlex.quote(PYTHON)} -m ops next")


def test(arguments: list[str]) -> int:
    """Make the machine ready and run the tests; each test starts the sandbox that it needs."""
    run(READY, base_environment())
    env = base_environment()
    return subprocess.run([PYTHON, "-m", "pytest", *arguments], cwd=ROOT, env=env).returncode


def stack() -> int:
    """Create the stack unless it is there."""
    return attached(f'pulumi stack ls --json | grep -q \'"name": "{STACK}"\' || exec pulumi stack init {STACK}')


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    match arguments:
        case ["up"]:
            return up()
        case ["test", *rest]:
            return test(rest)
        case ["ready"]:
            run(READY, base_environment())
            return 0
        case ["stack"]:
            return stack()
        case ["env"]:
            say(shell_exports())
            return 0
    say("usage: python3 -m setup up | test [pytest arguments] | ready | env")
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StepError as error:
        print(f"stopped: {error} did not succeed; its own words are above", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("interrupted; run the command again to continue", file=sys.stderr)
        sys.exit(130)
