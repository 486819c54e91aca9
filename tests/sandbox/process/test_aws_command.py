"""A shell whose `aws` is version 1 is told which of its calls go past the sandbox."""

import json
from pathlib import Path

import pytest

from slipway_sandbox import aws_command
from tests.sandbox.conftest import Box

FIRST = "aws-cli/1.46.3 Python/3.11.7 Linux/6.1 botocore/1.43.62"
SECOND = "aws-cli/2.31.0 Python/3.13.7 Linux/6.1 source/x86_64"


def install(folder: Path, version: str) -> None:
    """An `aws` that counts its runs."""
    folder.mkdir(exist_ok=True)
    (folder / "aws").write_text(f"#!/bin/sh\necho run >> {folder}/runs\necho {version}\n")
    (folder / "aws").chmod(0o755)


@pytest.mark.parametrize(("version", "told"), [(FIRST, aws_command.LEGACY), (SECOND, None)])
def test_version_1_is_told_and_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, told: str | None
) -> None:
    install(tmp_path / "bin", version)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    notes = tmp_path / "cache" / "notes.json"
    assert [aws_command.warning(notes) for _ in range(3)] == [told] * 3
    assert (tmp_path / "bin" / "runs").read_text() == "run\n"
    assert notes.stat().st_mode & 0o777 == 0o600


def test_a_machine_without_aws_or_with_a_binary_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert aws_command.warning(tmp_path / "notes.json") is None
    (tmp_path / "aws").write_bytes(b"\x7fELF")
    (tmp_path / "aws").chmod(0o755)
    assert aws_command.warning(tmp_path / "notes.json") is None


def test_the_command_that_attaches_a_shell_says_it(shared_box: Box, tmp_path: Path) -> None:
    install(tmp_path / "bin", FIRST)
    ended = shared_box.run("env", PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin", XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert ended.stderr == f"note: {aws_command.LEGACY}\n"
    assert ended.stdout.startswith("unset AWS_PROFILE")
    kept = json.loads((tmp_path / "cache" / "slipway" / "aws-command.json").read_text())
    assert kept["version"] == FIRST, "one question for all sandboxes of a user"


def test_a_cache_that_cannot_be_written_only_asks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "bin", FIRST)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    (tmp_path / "cache").touch()
    assert [aws_command.warning(tmp_path / "cache" / "notes.json") for _ in range(2)] == [aws_command.LEGACY] * 2
    assert (tmp_path / "bin" / "runs").read_text() == "run\nrun\n"
