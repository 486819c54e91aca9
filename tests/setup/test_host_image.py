"""The image of the sandbox's EC2 instances: made once, closed to passwords, and no condition of the set-up."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from setup import base_image, host_image
from setup.machine import MachineError


def script(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A docker client of the test's own, and a cache of its own."""
    folder.mkdir()
    (folder / "docker").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))


def test_where_the_image_cannot_be_made_the_set_up_says_why_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script(tmp_path / "bin", "echo 'Error: No such image: x' >&2; exit 1", monkeypatch)
    assert host_image.main() == 0
    assert capsys.readouterr().out == (
        "no ssh into EC2 instances of the sandbox, which stay records: slipway-sandbox/python:3.12 is missing; "
        "`python3 -m setup.base_image` makes it\n"
    )


def test_packages_that_cannot_be_installed_leave_no_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = f"""case "$*" in
"image inspect"*" {base_image.TAG}") echo '{{"slipway.base": "{base_image.PUBLIC}"}}';;
"image inspect"*) echo 'No such image' >&2; exit 1;;
create*) echo c1;;
"start --attach c1") echo 'Temporary failure resolving'; exit 100;;
commit*) touch {tmp_path}/committed;;
"rm --force c1") touch {tmp_path}/removed;;
esac"""
    script(tmp_path / "bin", answers, monkeypatch)
    with pytest.raises(MachineError) as caught:
        host_image.make_ready()
    assert str(caught.value).startswith(f"could not install sshd on {base_image.PUBLIC}; the reason is above, ")
    assert capsys.readouterr().err == "  Temporary failure resolving\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "removed"]


@pytest.fixture
def tag() -> Iterator[str]:
    """A name for an image of the test's own."""
    name = f"slipway-test/{uuid.uuid4().hex[:12]}:host"
    yield name
    subprocess.run(["docker", "image", "rm", "--force", name], check=True, capture_output=True)


@pytest.mark.e2e
def test_the_image_has_sshd_and_a_user_without_password_or_host_key(
    tag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert host_image.make_ready(tag) == tag
    assert capsys.readouterr().out.startswith(f"made {tag} from ")
    look = "ls /etc/ssh/ssh_host_*; grep ec2-user /etc/shadow | cut -d: -f2; id ec2-user; which sshd sudo"
    ran = subprocess.run(["docker", "run", "--rm", tag, "sh", "-c", look], capture_output=True, text=True)
    assert ran.stdout == "*\nuid=1000(ec2-user) gid=1000(ec2-user) groups=1000(ec2-user)\n/usr/sbin/sshd\n"

    assert host_image.make_ready(tag) == tag
    assert capsys.readouterr().out == "", "a current image is left alone"
    tasks = subprocess.run(["docker", "run", "--rm", base_image.TAG, "sh", "-c", "which sshd"], capture_output=True)
    assert (tasks.returncode, tasks.stdout) == (1, b""), "the app's base has no sshd"
