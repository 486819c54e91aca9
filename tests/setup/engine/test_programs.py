"""Programs on the real CLI with Slipway's language host."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.setup.engine.conftest import Project
from tests.support.commands import HANG_SECONDS

pytestmark = pytest.mark.engine
Projects = Callable[..., Project]


def test_a_program_runs_and_its_outputs_are_kept(project: Projects) -> None:
    stack = project("import pulumi\nprint('printed')\npulumi.export('answer', {'value': 42})\n")
    assert "printed" in stack.up()
    assert stack.outputs() == {"answer": {"value": 42}}
    assert "1 unchanged" in stack.succeed("preview"), "nothing changed, so nothing is to be done"


def test_a_program_sees_project_stack_and_directory_as_the_sdk_names_them(project: Projects) -> None:
    stack = project(
        "import os, sys, pulumi\n"
        "from beside import VALUE\n"
        "pulumi.export('seen', [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization(), VALUE])\n"
        "pulumi.export('places', [sys.path[1], os.getcwd(), pulumi.runtime.get_root_directory()])\n"
        "pulumi.export('name', __name__)\n"
        "pulumi.export('dry', pulumi.runtime.is_dry_run())\n"
    )
    (stack.directory / "beside.py").write_text("VALUE = 'beside'\n")
    stack.up()
    here = str(stack.directory)
    assert stack.outputs() == {
        "seen": ["sample", "dev", "organization", "beside"],
        "places": [here, here, here],
        "name": "__main__",
        "dry": False,
    }


def test_a_program_in_a_file_named_by_main_imports_its_neighbours(project: Projects) -> None:
    stack = project("import pulumi, beside\npulumi.export('value', beside.VALUE)\n", main="infra.py")
    (stack.directory / "beside.py").write_text("VALUE = 1\n")
    stack.up()
    assert stack.outputs() == {"value": 1}


def test_a_failing_program_shows_the_users_own_traceback_only(project: Projects) -> None:
    stack = project("def inner():\n    raise ValueError('no good')\n\n\ninner()\n")
    done = stack.run("preview")
    assert done.returncode != 0
    main = stack.directory / "__main__.py"
    assert (
        "    error: Program failed with an unhandled exception:\n"
        "    Traceback (most recent call last):\n"
        f'      File "{main}", line 5, in <module>\n'
        "        inner()\n"
        f'      File "{main}", line 2, in inner\n'
        "        raise ValueError('no good')\n"
        "    ValueError: no good\n"
    ) in done.stdout
    assert "run_program" not in done.stdout
    assert "exit code" not in done.stdout, "the user has been told, nothing else is to be added"


def test_a_failing_apply_shows_no_frame_of_the_sdk(project: Projects) -> None:
    stack = project(
        "import pulumi\n\n\ndef boom(_):\n    raise KeyError('k')\n\n\npulumi.Output.from_input(1).apply(boom)\n"
    )
    done = stack.run("preview")
    assert done.returncode != 0
    assert done.stdout.count("  File ") == 1, done.stdout
    assert f'File "{stack.directory / "__main__.py"}", line 5, in boom' in done.stdout


def test_the_cause_of_an_error_is_shown_without_frames_of_the_runner(project: Projects) -> None:
    stack = project("try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('wrapped') from error\n")
    shown = stack.run("preview").stdout
    assert shown.index("KeyError: 'a'") < shown.index("direct cause") < shown.index("ValueError: wrapped")
    assert shown.count("  File ") == 2, shown


def test_a_syntax_error_points_at_the_users_line(project: Projects) -> None:
    stack = project("import pulumi\nx = (\n")
    shown = stack.run("preview").stdout
    assert f'File "{stack.directory / "__main__.py"}", line 2' in shown
    assert "SyntaxError: '(' was never closed" in shown
    assert shown.count("  File ") == 1, shown


def test_a_run_error_prints_its_message_alone(project: Projects) -> None:
    stack = project("import pulumi\nraise pulumi.RunError('name must not be empty; set it')\n")
    done = stack.run("preview")
    assert done.returncode != 0
    assert "    error: name must not be empty; set it\n" in done.stdout
    assert "Traceback" not in done.stdout
    assert "exit code" not in done.stdout


def test_the_exit_code_of_a_program_is_kept(project: Projects) -> None:
    done = project("import sys\nsys.exit(3)\n").run("preview")
    assert done.returncode != 0
    assert "program exited with non-zero exit code: 3" in done.stdout


def test_a_directory_without_a_program_is_named(project: Projects) -> None:
    stack = project("")
    (stack.directory / "__main__.py").unlink()
    done = stack.run("preview")
    assert done.returncode != 0
    assert f"there is no __main__.py in {stack.directory}; write one" in done.stdout


def test_config_arrives_and_secret_config_stays_secret(project: Projects) -> None:
    stack = project(
        "import pulumi\n"
        "config = pulumi.Config()\n"
        "pulumi.export('plain', config.require('plain'))\n"
        "pulumi.export('list', config.require_object('list'))\n"
        "pulumi.export('password', config.require_secret('password'))\n"
    )
    stack.succeed("config", "set", "plain", "open")
    stack.succeed("config", "set", "--path", "list[0]", "first")
    stack.succeed("config", "set", "--secret", "password", "hunter2")
    shown = stack.up()
    assert "hunter2" not in shown
    assert stack.outputs() == {"plain": "open", "list": ["first"], "password": "[secret]"}
    state = stack.succeed("stack", "export")
    assert "hunter2" not in state
    outputs = json.loads(state)["deployment"]["resources"][0]["outputs"]
    assert set(outputs["password"]) == {"4dabf18193072939515e22adb298388d", "ciphertext"}


def test_a_virtualenv_is_found_relative_to_the_program(project: Projects, virtualenv: Callable[[Path], None]) -> None:
    stack = project("import sys, pulumi\npulumi.export('prefix', sys.prefix)\n", {"virtualenv": "own/venv"})
    virtualenv(stack.directory / "own" / "venv")
    stack.up()
    assert stack.outputs() == {"prefix": str(stack.directory / "own" / "venv")}


def test_a_missing_virtualenv_is_one_sentence_with_the_fix(project: Projects) -> None:
    stack = project("", {"virtualenv": "absent"})
    done = stack.run("preview")
    assert done.returncode != 0
    assert (
        f"the runtime option virtualenv of {stack.directory} points at {stack.directory / 'absent'}, which does not exist; "
        "run `pulumi install` there, or create it and install the requirements into it"
    ) in done.stdout


def test_an_unknown_toolchain_is_refused_with_the_known_ones(project: Projects) -> None:
    done = project("", {"toolchain": "conda"}).run("preview")
    assert done.returncode != 0
    assert "the runtime option toolchain must be one of pip, uv, poetry, got 'conda'" in done.stdout


def test_about_names_the_interpreter_of_the_program(project: Projects) -> None:
    python = Path(sys.prefix) / "bin" / "python"
    assert f"executable='{python}'" in project("").succeed("about")


SAY_PIDS = "pulumi.log.info(f'pids {os.getppid()} {os.getpid()} .')"
SLEEPERS = [f"{SAY_PIDS}\ntime.sleep(600)", f"{SAY_PIDS}\npulumi.export('x', asyncio.sleep(600))"]
WITH_AN_OPEN_CALL = f"""
loop = asyncio.get_event_loop()


def call():
    while not loop._default_executor._shutdown:
        time.sleep(0.01)
    {SAY_PIDS}
    time.sleep(600)


loop.run_in_executor(None, call)
raise pulumi.RunError("no good")
"""


@pytest.mark.parametrize("program", [*SLEEPERS, WITH_AN_OPEN_CALL])
def test_ctrl_c_ends_quietly_and_leaves_no_process(project: Projects, program: str) -> None:
    shown = stopped(project, program, signal.SIGINT)
    assert "error: preview canceled" in shown or "error: context canceled" in shown
    assert "Traceback" not in shown
    assert "KeyboardInterrupt" not in shown


@pytest.mark.parametrize("program", SLEEPERS)
def test_a_killed_cli_leaves_no_process(project: Projects, program: str) -> None:
    stopped(project, program, signal.SIGKILL)


def stopped(project: Projects, program: str, number: signal.Signals) -> str:
    """Sends the CLI a signal while the program sleeps; returns what was shown once host and program are gone."""
    stack = project(f"import asyncio, os, time, pulumi\n{program}\n")
    command = [str(stack.cli), "preview"]
    with subprocess.Popen(
        command, cwd=stack.directory, env=stack.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        shown = ""
        while "pids" not in shown:
            shown += running.stdout.readline()
        running.send_signal(number)
        shown += running.stdout.read()
        assert running.wait() != 0
    for pid in shown.split("pids ")[1].split()[:2]:
        until_gone(int(pid))
    return shown


def until_gone(pid: int) -> None:
    """Waits for the end of a process that is not ours; the test's own time limit ends a vain wait."""
    subprocess.run(["tail", f"--pid={pid}", "-f", "/dev/null"], check=True, timeout=HANG_SECONDS)
