"""The sandbox's base image: its occasion, its base, and its use without a network."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from setup import base_image
from setup.machine import MachineError

IMAGE_ABSENT = "Error: No such image: x"


@pytest.fixture
def fake_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder first on PATH, for a docker client of the test's own; the cache is the test's own, too."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def script(folder: Path, text: str) -> None:
    (folder / "docker").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "docker").chmod(0o755)


def requirements(tmp_path: Path, text: str = "") -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(text)
    return path


def test_a_missing_requirements_file_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "requirements.txt"
    with pytest.raises(MachineError) as caught:
        base_image.make_ready(missing)
    assert str(caught.value) == f"{missing} is missing; restore it (`git checkout {missing}`)"


def test_a_dead_daemon_is_named_with_the_command_that_starts_it(fake_docker: Path, tmp_path: Path) -> None:
    script(fake_docker, "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    with pytest.raises(MachineError) as caught:
        base_image.make_ready(requirements(tmp_path))
    assert str(caught.value) == (
        "the Docker daemon does not answer (Cannot connect to the Docker daemon); `python3 -m setup.docker_daemon` starts it"
    )


def test_a_registry_that_keeps_silent_is_given_up(
    fake_docker: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(base_image, "FIRST_LINE_SECONDS", 0.05)
    script(fake_docker, f'[ "$1" = pull ] && exec sleep 600; echo "{IMAGE_ABSENT}" >&2; exit 1')
    assert not base_image.have_public()
    assert capsys.readouterr().out.startswith("cannot pull python:3.12-slim (")


def test_a_registry_that_answers_is_waited_for(
    fake_docker: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(base_image, "FIRST_LINE_SECONDS", 5.0)
    script(fake_docker, f'[ "$1" = pull ] && echo 3.12-slim: Pulling && exit 0; echo "{IMAGE_ABSENT}" >&2; exit 1')
    assert base_image.have_public()
    assert capsys.readouterr().out.startswith("pulled python:3.12-slim (")


@pytest.fixture
def tag() -> Iterator[str]:
    """A name for a base image of the test's own."""
    name = f"slipway-test/{uuid.uuid4().hex[:12]}:base"
    yield name
    subprocess.run(["docker", "image", "rm", "--force", name], check=True, capture_output=True)


def inspect(image: str) -> dict[str, Any]:
    shown = subprocess.run(["docker", "image", "inspect", image], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(shown.stdout)[0]
    return found


@pytest.mark.e2e
def test_the_base_image_installs_what_the_app_pins_without_a_network(
    tag: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pinned = base_image.REQUIREMENTS.read_text()
    copy = requirements(tmp_path, pinned)
    made = base_image.make_ready(copy, tag)
    labels = inspect(tag)["Config"]["Labels"]
    assert made == f"{tag} from {labels['slipway.base']}"
    assert labels["slipway.base"] == "python:3.12-slim" or labels["slipway.base"].startswith("slipway-sandbox/")
    command = ["docker", "run", "--rm", "--network=none", f"--volume={copy}:/requirements.txt:ro", tag]
    install = (
        "pip install --quiet --require-hashes -r /requirements.txt && python -c 'import boto3; print(boto3.__name__)'"
    )
    ran = subprocess.run([*command, "sh", "-c", install], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "boto3\n"), ran.stderr

    first = inspect(tag)["Id"]
    capsys.readouterr()
    assert base_image.make_ready(copy, tag) == made
    assert (inspect(tag)["Id"], capsys.readouterr().out) == (first, ""), "a current image is left alone"

    copy.write_text(pinned + "# a comment\n")
    assert base_image.make_ready(copy, tag) == made
    assert inspect(tag)["Id"] != first, "other requirements make another image"
    subprocess.run(["docker", "image", "rm", first], check=True, capture_output=True)


@pytest.mark.e2e
def test_a_wheel_with_another_hash_is_refused_and_nothing_is_tagged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"slipway-test/{uuid.uuid4().hex[:12]}:base"
    copy = requirements(tmp_path, f"six==1.17.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(MachineError) as caught:
        base_image.make_ready(copy, name)
    assert str(caught.value).startswith(f"could not download the wheels of {copy}; the reason is above, ")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in capsys.readouterr().err
    assert base_image.labels(name) is None
