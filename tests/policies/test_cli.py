"""`slipway policies`: the path of the pack, the list of rules, the page; a mistyped command is one sentence."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from slipway_policies.cli import COMMANDS, main
from slipway_policies.rules import all_rules

PACKAGE = Path(__file__).parents[2] / "policies"
COMMAND = "import sys; from slipway_policies.cli import main; sys.exit(main(sys.argv[1:]))"


def test_the_distribution_brings_the_command_with_a_line_of_help() -> None:
    [command] = [point for point in entry_points(group="slipway.commands") if point.name == "policies"]
    assert command.load() is main
    assert str(main.__doc__).startswith(
        "Show where the policy pack is, list its rules, make a page of a run's findings."
    )


def test_the_path_is_a_program_with_the_interpreter_of_this_environment(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["path"]) == 0
    program = Path(capsys.readouterr().out.rstrip("\n"))
    assert program.is_absolute()
    assert os.access(program, os.X_OK)
    assert program.read_text().splitlines()[0] == f"#!{sys.executable}"


def test_an_environment_without_the_program_is_told_what_to_do() -> None:
    # -S hides the environment's packages; the package itself comes from the checkout.
    command = [sys.executable, "-S", "-c", COMMAND, "path"]
    done = subprocess.run(command, env={"PYTHONPATH": str(PACKAGE)}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"slipway policies: {sys.base_prefix} has no program slipway-policy-pack; "
        "install it again: pip install --force-reinstall slipway-policies\n"
    )


def test_the_path_is_told_without_importing_the_sdk() -> None:
    script = "import sys; from slipway_policies.cli import main; main(['path']); sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_each_rule_is_one_line_of_name_level_and_title(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=2) for line in lines] == [
        [rule.name, rule.level.value, rule.title] for rule in all_rules()
    ]


def test_the_rules_as_json_say_what_the_table_of_rules_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--json"]) == 0
    [first, *_] = rules = json.loads(capsys.readouterr().out)
    assert [rule["name"] for rule in rules] == [rule.name for rule in all_rules()]
    assert first == {
        "name": "ecs-service-no-public-ip",
        "level": "mandatory",
        "prod": "mandatory",
        "severity": "high",
        "title": all_rules()[0].title,
        "fix": all_rules()[0].fix,
        "controls": ["FSBP ECS.2", "FSBP ECS.16", "NIST SC-7", "NIST AC-4"],
        "link": all_rules()[0].link,
    }


def test_the_page_is_made_from_stdin(tmp_path: Path) -> None:
    event = {"sequence": 1, "policyEvent": {"policyName": "no-such", "message": "Title.\nis wrong. Fix: mend it."}}
    command = [sys.executable, "-c", COMMAND, "report", "--output", str(tmp_path / "page.html")]
    done = subprocess.run(command, input=json.dumps(event), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "is wrong" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("mistyped", "advice"), [("reprt", "did you mean 'report'?"), ("quux", "it has path, report, rules")]
)
def test_a_mistyped_command_is_one_sentence(capsys: pytest.CaptureFixture[str], mistyped: str, advice: str) -> None:
    assert main([mistyped]) == 2
    assert capsys.readouterr().err == f"slipway policies: there is no command '{mistyped}'; {advice}\n"


@pytest.mark.parametrize("arguments", [["-h"], ["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_is_shown(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("usage: slipway policies")


def test_no_command_is_answered_with_help_and_a_mistyped_option_with_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    assert main(["rules", "--jsn"]) == 2
    assert "--jsn" in capsys.readouterr().err
