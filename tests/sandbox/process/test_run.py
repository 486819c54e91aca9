"""`slipway sandbox run`: a command attached to the sandbox, in the place of the command itself."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from slipway_sandbox.process.held_files import wait_until
from tests.sandbox.conftest import ROOT, Box
from tests.support.commands import HANG_SECONDS

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"
OF_THE_SHELL = ("LC_CTYPE", "PWD", "SHLVL", "OLDPWD", "_", "PATH", "HOME")


def _variables(shown: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads(shown)
    return {name: value for name, value in loaded.items() if name not in OF_THE_SHELL}


def test_a_command_has_the_variables_that_env_prints_and_no_others(shared_box: Box) -> None:
    outer = {
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_SQS": "https://sqs.example.com",
        "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/deploy",
        "PULUMI_CONFIG_PASSPHRASE": "other",
        "https_proxy": "http://proxy.example.com:3128",
        "VIRTUAL_ENV": "/home/me/project/.venv",
    }
    script = shared_box.run("env", **outer).stdout
    command = f'{script}\nexec "{sys.executable}" -c "{SHOW}"'
    sourced = subprocess.run(["sh", "-c", command], env=outer, stdout=subprocess.PIPE, text=True, check=True)
    ended = shared_box.run("run", "--", sys.executable, "-c", SHOW, **outer)
    assert ended.stderr == ""
    assert _variables(ended.stdout) == _variables(sourced.stdout)
    assert _variables(ended.stdout)["VIRTUAL_ENV"] == "/home/me/project/.venv"


def test_exit_code_and_arguments_are_the_command_s_own(shared_box: Box) -> None:
    ended = shared_box.run("run", "--", "sh", "-c", 'printf "%s|" "$@"; exit 7', "sh", "a b", "--", "--json")
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, "a b|--|--json|", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_command_and_no_other(shared_box: Box, tmp_path: Path, number: signal.Signals) -> None:
    """The process that the caller knows is the command's: nothing stands between them."""
    script = f"trap 'echo got it; exit 9' {number.name.removeprefix('SIG')}; echo $$ > '{tmp_path}/pid'; while :; do sleep 0.1; done"
    command = [sys.executable, "-m", "slipway_sandbox", "run", "--", "sh", "-c", script]
    environment = {**os.environ, "SLIPWAY_SANDBOX_DIR": str(shared_box.home.path)}
    with subprocess.Popen(command, cwd=ROOT / "sandbox", env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert wait_until(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()), HANG_SECONDS)
        assert int((tmp_path / "pid").read_text()) == process.pid
        process.send_signal(number)
        assert process.communicate(timeout=HANG_SECONDS)[0] == "got it\n"
        assert process.returncode == 9


def test_it_starts_the_sandbox_and_leaves_stdout_to_the_command(box: Box) -> None:
    ended = box.run("run", "--", "echo", "here")
    assert (ended.returncode, ended.stdout) == (0, "here\n")
    assert ended.stderr.startswith("The sandbox runs: AWS API http://127.0.0.1:")
    assert box.run("run", "echo", "again").stderr == "", "it runs already, and what this machine lacks was said"


def test_a_command_that_is_not_there_is_refused_before_anything_starts(box: Box) -> None:
    ended = box.run("run", "--", "pulumee", "up")
    sentence = "error: there is no command 'pulumee' here; check its spelling, or give its path\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (127, "", sentence)
    ended = box.run("run", "--", "pulumi", "up", PATH="/nowhere", HOME="/nowhere")
    sentence = "error: there is no Pulumi CLI here; install it: curl -fsSL https://get.pulumi.com | sh\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", sentence)
    assert not box.home.path.exists()


def test_what_this_machine_lacks_is_said_at_the_start_and_once(box: Box, tmp_path: Path) -> None:
    lacking = {"DOCKER_HOST": f"unix://{tmp_path}/nothing.sock", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    ended = box.run("start", **lacking)
    assert ended.returncode == 0
    notes = ended.stderr.splitlines()
    assert notes[0] == "note: there is no Pulumi CLI here; install it: curl -fsSL https://get.pulumi.com | sh"
    assert notes[1].startswith("note: Docker cannot be reached (")
    assert notes[1].endswith("; start Docker, then run `slipway sandbox start`")
    assert len(notes) == 2
    for command in ("start", "env"):
        assert box.run(command, **lacking).stderr == ""
    assert box.status()["lacking"] == [notes[1].removeprefix("note: ")]


def test_a_command_waits_for_the_pulumi_that_holds_its_stack(shared_box: Box, tmp_path: Path) -> None:
    """`pulumi` itself would advise to break the other's lock."""
    for name, content in (("Pulumi.yaml", "name: waits\n"), ("bin/pulumi", "#!/bin/sh\necho ran $1\n")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    (tmp_path / "bin" / "pulumi").chmod(0o755)
    stack = shared_box.home.state / ".pulumi/stacks/waits/dev.json"
    lock = shared_box.home.state / ".pulumi/locks/organization/waits/dev/a.json"
    for path in (stack, lock):
        path.parent.mkdir(parents=True)
    stack.write_text('{"version": 3, "checkpoint": {"latest": null}}')
    with subprocess.Popen(["sleep", "600"]) as other:
        lock.write_text(
            json.dumps({"pid": other.pid, "hostname": socket.gethostname(), "timestamp": "2099-01-01T00:00:00Z"})
        )
        command = [sys.executable, "-m", "slipway_sandbox", "run", "--", str(tmp_path / "bin" / "pulumi")]
        environment = {
            **os.environ,
            "SLIPWAY_SANDBOX_DIR": str(shared_box.home.path),
            "PYTHONPATH": str(ROOT / "sandbox"),
        }
        of_a_preview = subprocess.run(
            [*command, "preview", "-s", "dev"], cwd=tmp_path, env=environment, capture_output=True
        )
        assert of_a_preview.stdout == b"ran preview\n", "a preview takes no lock"
        with subprocess.Popen(
            [*command, "up", "-s", "dev"],
            cwd=tmp_path,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as waiting:
            assert waiting.stderr is not None
            said = waiting.stderr.readline()
            assert re.fullmatch(
                rf"pulumi \(process {other.pid}, since \d\d:\d\d:\d\d\) is at work on stack 'dev'; waiting until it ends\n",
                said,
            )
            assert waiting.poll() is None
            other.kill()
            other.wait()
            assert waiting.communicate(timeout=HANG_SECONDS) == (
                "ran up\n",
                f"A pulumi (process {other.pid}) was killed; the lock that it left is released\n",
            )
