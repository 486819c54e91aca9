"""The commands as a user types them: what they print, refuse and wipe."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from slipway_sandbox.process.held_files import wait_until
from tests.sandbox.conftest import ROOT, Box, boxed, without_notes
from tests.support.commands import HANG_SECONDS

AGAIN = "run `slipway sandbox reset` to begin again with an empty cloud and an empty state"


def _sourced(script: str, **env: str) -> dict[str, str]:
    """The environment that a POSIX shell has after it evaluated the script."""
    command = 'eval "$1"; exec "$2" -c "import json, os; print(json.dumps(dict(os.environ)))"'
    printed = subprocess.run(
        ["sh", "-euc", command, "sh", script, sys.executable], env=env, stdout=subprocess.PIPE, check=True
    )
    loaded: dict[str, str] = json.loads(printed.stdout)
    return {name: value for name, value in loaded.items() if name not in ("LC_CTYPE", "PWD", "SHLVL", "OLDPWD", "_")}


def test_env_attaches_a_shell_to_this_sandbox_alone(shared_box: Box) -> None:
    box = shared_box
    ports = box.status()["ports"]
    outer = {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ENDPOINT_URL_SQS": "https://sqs.example.com",
        "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/deploy",
        "PULUMI_CONFIG_PASSPHRASE": "other",
        "PULUMI_OPTION_STACK": "prod",
        "KEPT": "it's kept",
    }
    ended = box.run("env", **outer)
    assert _sourced(ended.stdout, **outer) == {
        "KEPT": "it's kept",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports['moto']}",
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": box.home.secret_key.read_text(),
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{ports['aws']},docker:{ports['docker']}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_BACKEND_URL": f"file://{box.home.state}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(box.home.passphrase),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_SUPPRESS_NEO_LINK": "true",
        "SLIPWAY_SANDBOX_DIR": str(box.home.path),
    }
    assert box.home.state.is_dir()


def test_env_releases_the_locks_of_a_killed_pulumi_alone(shared_box: Box) -> None:
    with subprocess.Popen(["true"]) as killed:
        pass
    folder = shared_box.home.state / ".pulumi" / "locks" / "organization" / "slipway" / "sandbox"
    folder.mkdir(parents=True)
    try:
        for name, pid, host in (
            ("dead", killed.pid, socket.gethostname()),
            ("alive", os.getpid(), socket.gethostname()),
            ("elsewhere", killed.pid, "another.example.com"),
        ):
            (folder / f"{name}.json").write_text(json.dumps({"pid": pid, "username": "me", "hostname": host}))
        ended = shared_box.run("env")
        told = f"A pulumi (process {killed.pid}) was killed; the lock that it left is released\n"
        assert without_notes(ended.stderr) == told
        assert {path.stem for path in folder.iterdir()} == {"alive", "elsewhere"}
    finally:
        shutil.rmtree(folder.parents[2])


def test_env_survives_a_directory_with_a_quote_and_a_space(tmp_path: Path) -> None:
    with boxed(tmp_path / "it's a home") as box:
        box.must("start")
        assert _sourced(box.must("env"))["SLIPWAY_SANDBOX_DIR"] == str(box.home.path)


def test_env_leads_around_a_proxy(shared_box: Box) -> None:
    ended = shared_box.run("env", https_proxy="http://proxy.example.com:3128", no_proxy="example.com")
    assert _sourced(ended.stdout)["no_proxy"] == "example.com,127.0.0.1,localhost"
    assert "no_proxy" not in _sourced(shared_box.must("env"))


def test_env_of_a_sandbox_that_is_not_running_is_refused(tmp_path: Path, kept_box: Box) -> None:
    for box in (Box(tmp_path / "never ran"), kept_box):
        sentence = f"the sandbox of {box.home.path} is not running; run `slipway sandbox start`"
        assert box.refusal("env") == sentence


def test_status_of_a_sandbox_that_never_ran(box: Box) -> None:
    assert box.status() == {"state": "stopped", "home": str(box.home.path)}
    assert not box.home.path.exists(), "looking makes nothing"


def test_status_says_what_is_there(box: Box) -> None:
    box.must("start")
    box.client("sqs").create_queue(QueueName="orders")
    box.saved()
    status = box.status()
    assert (status["state"], status["registry"], status["contents"]) == ("running", "running", {"SQS queues": 1})
    assert (status["save_failure"], status["lost_changes"]) == (None, False)
    rows = dict(line.split(maxsplit=1) for line in box.must("status").splitlines())
    assert rows["state"] == "running"
    assert rows["process"] == str(status["pid"])
    assert rows["saved"] == status["saved_at"]


def test_reset_of_a_running_sandbox_empties_everything_and_keeps_the_ports(box: Box) -> None:
    box.must("start")
    before = box.status()
    box.client("sqs").create_queue(QueueName="orders")
    box.saved()
    _leave_traces(box)
    assert box.must("reset") == (
        "Cloud, stacks' state, images and keys are empty; the sandbox runs on the same ports\n"
    )
    after = box.status()
    assert after["ports"] == before["ports"]
    assert (after["pid"] == before["pid"], after["cloud_id"] == before["cloud_id"]) == (False, False)
    assert (after["contents"], after["stacks"]) == ({}, {})
    _assert_no_traces(box)


def test_reset_of_a_stopped_sandbox_empties_everything_and_forgets_the_ports(kept_box: Box) -> None:
    box = kept_box
    _leave_traces(box)
    assert box.must("reset") == "Cloud, stacks' state, images and keys are empty\n"
    assert box.status()["state"] == "stopped"
    _assert_no_traces(box)
    assert not box.home.snapshot.exists()
    assert not box.home.record.exists()


@pytest.mark.parametrize("running", [True, False])
def test_a_damaged_record_is_refused_until_reset(kept_box: Box, running: bool) -> None:
    box = kept_box
    if running:
        box.must("start")
    for content in ("{", "[]", "{}", box.home.record.read_text().replace('"moto": ', '"moto": 9')):
        box.home.record.write_text(content)
        message = box.refusal("start")
        assert message.startswith(f"{box.home.record} is damaged (")
        assert message.endswith(f"); {AGAIN}")
    box.must("reset")
    box.must("start")


def test_a_sandbox_whose_directory_is_removed_ends_and_another_one_starts(box: Box) -> None:
    box.must("start")
    port = box.status()["ports"]["moto"]
    shutil.rmtree(box.home.path)

    def ended() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    assert wait_until(ended, HANG_SECONDS)
    box.must("start")


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    box = Box(tmp_path / "file" / "home")
    assert box.refusal("start") == (
        f"the sandbox's directory {box.home.path} cannot be written (Not a directory); "
        "set SLIPWAY_SANDBOX_DIR to a directory of yours"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["strat"], "there is no command 'strat'; did you mean 'start'?"),
        (["begin"], "there is no command 'begin'; there are start, stop, status, denied, rights, env, run, reset"),
        ([], "name a command: start, stop, status, denied, rights, env, run, reset"),
        (["status", "--jsno"], "unrecognized arguments: --jsno; `slipway sandbox --help` shows what there is"),
        (["run"], "name the command to run: `slipway sandbox run -- pulumi up`"),
        (["run", "--"], "name the command to run: `slipway sandbox run -- pulumi up`"),
    ],
)
def test_a_command_line_that_says_nothing_is_refused_in_one_sentence(box: Box, words: list[str], sentence: str) -> None:
    ended = box.run(*words)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"error: {sentence}\n")
    assert not box.home.path.exists()


def test_the_help_names_every_command(box: Box) -> None:
    shown = box.must("--help")
    assert all(f"\n    {name} " in shown for name in ("start", "stop", "status", "env", "run", "reset"))
    assert "COMMAND" in box.must("run", "--help")


def test_a_reader_that_goes_away_is_no_error(box: Box) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environment = {"SLIPWAY_SANDBOX_DIR": str(box.home.path)}
    with os.fdopen(writing) as gone:
        command = [sys.executable, "-m", "slipway_sandbox", "status"]
        ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=gone, stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_the_quick_commands_import_neither_moto_nor_a_provider() -> None:
    script = "import sys, slipway_sandbox.cli; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    slow = {"boto3", "botocore", "docker", "grpc", "moto", "pulumi", "rich", "typer"}
    assert slow.isdisjoint(loaded.stdout.split())


def _leave_traces(box: Box) -> None:
    stack = box.home.state / ".pulumi" / "stacks" / "slipway" / "sandbox.json"
    stack.parent.mkdir(parents=True)
    stack.write_text('{"checkpoint": {"latest": null}}')
    (box.home.keys / "bastion.pem").write_text("key")
    (box.home.registry / "docker").mkdir(exist_ok=True)
    (box.home.registry / "docker" / "image").write_text("layer")


def _assert_no_traces(box: Box) -> None:
    assert not list(box.home.keys.iterdir())
    assert not (box.home.state / ".pulumi").exists()
    assert not (box.home.registry / "docker" / "image").exists()
