"""The language host's answers about a program's packages, and the places of these."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from setup.engine.languagehost import dependencies, installing
from setup.engine.languagehost.toolchain import ToolchainError, read_project
from tests.support.commands import HANG_SECONDS


@dataclass(frozen=True)
class Info:
    """The toolchain's fields of a ProgramInfo message."""

    root_directory: str
    program_directory: str
    options: dict[str, object]


def info(directory: Path, **options: object) -> Info:
    """Describe the program in a directory."""
    return Info(str(directory), str(directory), options)


@pytest.mark.parametrize(
    ("package", "plugin"),
    [
        ("7.51.1", "7.51.1"),
        ("1.0", "1.0.0"),
        ("1.2.3a4", "1.2.3-alpha.4"),
        ("1.2.3b4", "1.2.3-beta.4"),
        ("1.2.3rc4", "1.2.3-rc.4"),
        ("1.2.3.post4", "1.2.3+post4"),
        ("1.2.3.post4.dev5", "1.2.3+post4dev5"),
        ("1!1.2.3", None),
        ("", None),
    ],
)
def test_a_package_version_names_the_plugin_version(package: str, plugin: str | None) -> None:
    assert dependencies.plugin_version(package) == plugin


def test_packages_with_plugins_are_required_and_others_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", raising=False)
    found = dependencies.required_packages(read_project(info(tmp_path, virtualenv=sys.prefix)))
    kinds = {(dependency.name, dependency.kind) for dependency in found}
    assert ("aws", "resource") in kinds
    assert "policy" not in {name for name, _ in kinds}
    assert all(dependency.version.startswith("v") for dependency in found)


def test_no_plugin_is_named_where_the_user_forbids_to_acquire_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
    assert dependencies.required_packages(read_project(info(tmp_path, virtualenv=sys.prefix))) == []


def test_direct_dependencies_leave_out_what_another_package_requires(tmp_path: Path) -> None:
    wanted = read_project(info(tmp_path, virtualenv=sys.prefix))
    everything = {item.name for item in dependencies.program_dependencies(wanted, transitive=True)}
    direct = {item.name for item in dependencies.program_dependencies(wanted, transitive=False)}
    assert {"pulumi", "moto", "grpcio"} <= everything
    assert "hypothesis" in direct
    assert not {"pulumi", "grpcio"} & direct


@pytest.mark.parametrize(
    ("file", "toolchain", "virtualenv"),
    [("uv.lock", "uv", ".venv"), ("poetry.lock", "poetry", None), ("x", "pip", None)],
)
def test_the_toolchain_follows_from_the_lock_file(
    tmp_path: Path, file: str, toolchain: str, virtualenv: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_PROJECT_ENVIRONMENT", raising=False)
    (tmp_path / file).touch()
    found = read_project(info(tmp_path))
    assert (found.toolchain, found.virtualenv) == (toolchain, tmp_path / virtualenv if virtualenv else None)


def test_a_plugin_without_options_has_its_own_virtualenv(tmp_path: Path) -> None:
    assert read_project(info(tmp_path), is_plugin=True).virtualenv == tmp_path / "venv"


def test_activation_puts_the_virtualenv_first_and_unsets_pythonhome(tmp_path: Path) -> None:
    found = read_project(info(tmp_path, virtualenv="own"))
    assert found.environment({"PATH": "/usr/bin", "PYTHONHOME": "/x", "KEPT": "1"}) == {
        "PATH": f"{tmp_path}/own/bin:/usr/bin",
        "VIRTUAL_ENV": f"{tmp_path}/own",
        "KEPT": "1",
    }


def test_an_option_of_the_wrong_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=r"^the runtime option virtualenv must be a string, got 3$"):
        read_project(info(tmp_path, virtualenv=3))


def test_a_missing_virtualenv_is_made_before_requirements_are_installed(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").touch()
    commands = installing.commands(read_project(info(tmp_path, virtualenv="own")), is_plugin=False)
    python = str(tmp_path / "own" / "bin" / "python")
    assert [command[1:] for command in commands] == [
        ["-m", "venv", str(tmp_path / "own")],
        ["-m", "pip", "install", "-r", "requirements.txt"],
    ]
    assert commands[1][0] == python


def test_a_plugin_that_runs_from_its_directory_is_not_installed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'own-plugin'\n[build-system]\nbuild-backend = 'b'\n")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True, timeout=HANG_SECONDS
    )
    found = read_project(info(tmp_path), is_plugin=True)
    record = next(tmp_path.glob("venv/lib/python*/site-packages")) / "own_plugin-1.0.dist-info"
    record.mkdir()
    (record / "direct_url.json").write_text(json.dumps({"url": tmp_path.as_uri(), "dir_info": {"editable": True}}))
    assert installing.commands(found, is_plugin=True) == []
