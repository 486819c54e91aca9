"""`python3 -m setup.engine.yaml_host`: which host is used as it is, and which is built."""

from pathlib import Path

import pytest

from setup.engine import yaml_host
from tests.support.commands import HANG_SECONDS, run

ROOT = Path(__file__).parents[3]
BUILT = "dep\tgithub.com/pulumi/pulumi-yaml\tv{}\th1:abc=\n"
OFFICIAL = "mod\tgithub.com/pulumi/pulumi-yaml\tv1.9.0\th1:abc=\n"
GO = """#!/bin/sh
case $1 in
    env) printf 'go1.26.0\\nlocal\\n' ;;
    list) echo one ;;
    build) while [ "$1" != -o ]; do shift; done; printf 'dep\\tgithub.com/pulumi/pulumi-yaml\\tv%s\\th1:' "$RELEASE" > "$2" ;;
esac
"""


@pytest.mark.parametrize(
    ("content", "is_current"),
    [(BUILT.format(yaml_host.VERSION), True), (BUILT.format("1.24.0"), False), (OFFICIAL, True)],
    ids=["built", "built of an earlier release", "official"],
)
def test_a_host_built_of_another_release_is_built_anew(tmp_path: Path, content: str, is_current: bool) -> None:
    host = tmp_path / "pulumi-language-yaml"
    host.write_text(content)
    assert yaml_host.is_current(host) is is_current


def test_the_host_is_built_once_beside_the_cli(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "go").write_text(GO)
    (tools / "go").chmod(0o755)
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(tmp_path), "RELEASE": yaml_host.VERSION}
    command = ["python3", "-m", "setup.engine.yaml_host"]
    first = run(command, ROOT, environment, HANG_SECONDS)
    host = tmp_path / ".pulumi" / "bin" / "pulumi-language-yaml"
    assert first.returncode == 0, first.stdout
    assert host.exists()
    assert f"building the YAML language host {yaml_host.VERSION} with Go" in first.stdout
    assert run(command, ROOT, environment, HANG_SECONDS).stdout == f"YAML language host {host}\n"


def test_the_release_is_that_of_the_module() -> None:
    pinned = (yaml_host.HOST.module / "go.mod").read_text()
    assert f"require {yaml_host.MODULE} v{yaml_host.VERSION}\n" in pinned
