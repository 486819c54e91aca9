"""Commands of other distributions: found, dispatched, and refused in one sentence when they cannot run."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from slipway_cli import application, command_line
from slipway_cli.commands import BROUGHT_BY
from tests.support.commands import HANG_SECONDS

SLIPWAY = str(Path(sys.executable).with_name("slipway"))
HELLO = '''
import sys

def main(arguments: list[str]) -> int:
    """Greet [everybody] who is named.

    Text below the first line is not in the list.
    """
    print("hello", *arguments, sorted({"typer", "rich", "boto3"} & set(sys.modules)))
    return len(arguments)
'''


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of distributions before the installed ones."""
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def distribution(site: Path, name: str, points: str, **modules: str) -> None:
    """Install a distribution with these lines in the group slipway.commands."""
    metadata = site / f"{name.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir()
    other = "[console_scripts]\nother = nothing:here\n"
    (metadata / "entry_points.txt").write_text(f"{other}\n[slipway.commands]\n# a comment\n{points}\n\n{other}")
    for module, text in modules.items():
        (site / f"{module}.py").write_text(text)


def slipway(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [SLIPWAY, *arguments], env=environment, cwd=site, capture_output=True, text=True, timeout=HANG_SECONDS
    )


def test_a_command_gets_its_arguments_and_gives_the_exit_code_without_typer_and_rich(site: Path) -> None:
    distribution(site, "hello-tool", "hello = hello_tool:main", hello_tool=HELLO)
    done = slipway(site, "hello", "--help", "you")
    assert (done.stdout, done.stderr, done.returncode) == ("hello --help you []\n", "", 2)


def test_a_command_starts_in_a_fraction_of_the_time_in_which_a_prompt_is_felt(site: Path) -> None:
    distribution(site, "hello-tool", "hello = hello_tool:main", hello_tool=HELLO)
    slipway(site, "hello")  # writes bytecode
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(5):
        slipway(site, "hello")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) / 5
    assert seconds < 0.15, "of a processor, so that a busy machine does not count"


def test_help_lists_own_and_found_commands_and_says_what_is_wrong_with_one(site: Path) -> None:
    distribution(site, "hello-tool", "hello = hello_tool:main\nbroken = hello_tool:absent", hello_tool=HELLO)
    done = slipway(site, "--help")
    assert done.returncode == 0, done.stderr
    rows = [" ".join(line.strip("│╭╰─╮╯ ").split()) for line in done.stdout.splitlines()]
    assert (
        "status Show services, deployments, targets and queues. Exit code 1: something is unhealthy; 2: it cannot be looked at."
        in " ".join(rows)
    )
    assert "hello Greet [everybody] who is named." in rows
    assert "Commands of hello-tool" in rows
    assert any(
        row.startswith("broken the command 'broken' of hello-tool cannot be loaded (AttributeError") for row in rows
    )


def test_the_commands_that_the_dispatcher_knows_are_those_of_the_application() -> None:
    registered = application.app.registered_commands
    names = [command.name or command.callback.__name__ for command in registered if command.callback]
    assert tuple(names) == command_line.OWN


REFUSALS = {
    "statsu": "there is no command 'statsu'; did you mean 'status'?",
    "helo": "there is no command 'helo'; did you mean 'hello'?",
    "zzz": "there is no command 'zzz'; slipway --help lists the commands",
    "twice": "first-tool and second-tool both bring a command 'twice'; uninstall one of them",
    "broken": "the command 'broken' of second-tool cannot be loaded (ModuleNotFoundError: No module named 'not_there'); "
    "install it again: pip install --force-reinstall second-tool",
    "angry": "the command 'angry' of second-tool cannot be loaded (RuntimeError: no); "
    "install it again: pip install --force-reinstall second-tool",
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_command_that_cannot_run_is_one_sentence(site: Path, name: str) -> None:
    distribution(site, "first-tool", "twice = hello_tool:main\nhello = hello_tool:main", hello_tool=HELLO)
    points = "twice = hello_tool:main\nbroken = broken_tool:main\nangry = angry_tool:main"
    modules = {"broken_tool": "import not_there", "angry_tool": "raise RuntimeError('no\\nmore')"}
    distribution(site, "second-tool", points, **modules)
    done = slipway(site, name)
    assert (done.stdout, done.stderr, done.returncode) == ("", f"error: {REFUSALS[name]}\n", 2)


@pytest.mark.parametrize("name", BROUGHT_BY)
def test_a_known_command_that_is_missing_names_its_distribution(site: Path, name: str) -> None:
    # Without the packages of .venv, which may have the distribution.
    code = f"import sys; sys.path = [p for p in sys.path if 'site-packages' not in p]; sys.argv[1:] = [{name!r}]\n"
    code += f"sys.path.append({str(Path(command_line.__file__).parents[1])!r})\n"
    code += "from slipway_cli.command_line import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=HANG_SECONDS)
    package = f"slipway-{name}"
    sentence = f"the command {name!r} comes with {package}, which is not installed here; pip install {package}"
    assert (done.stderr, done.returncode) == (f"error: {sentence}\n", 2)


def test_of_two_installations_of_a_distribution_the_first_on_the_path_counts(site: Path, tmp_path: Path) -> None:
    distribution(site, "hello-tool", "hello = hello_tool:main", hello_tool=HELLO)
    other = tmp_path / "other"
    other.mkdir()
    distribution(other, "hello_tool", "hello = elsewhere:main")
    environment = {**os.environ, "PYTHONPATH": f"{site}:{other}"}
    done = subprocess.run([SLIPWAY, "hello"], env=environment, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert done.stdout == "hello []\n", done.stderr
