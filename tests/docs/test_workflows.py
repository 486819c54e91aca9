"""The workflows in .github call existing make targets and files, and pin actions by full version."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github"
MAKE = re.compile(r"\bmake ((?:[a-z]+ ?)+)")
FILE = re.compile(r"(?<![\w./$-])(?:[\w.-]+/)+[\w.-]+")
BUILT = "dist/"  # what make dist writes
VERSION = re.compile(r"[\w.-]+/[\w.-]+@v\d+\.\d+\.\d+")

Step = TypedDict("Step", {"uses": str, "run": str, "with": dict[str, str]}, total=False)
Job = TypedDict("Job", {"permissions": dict[str, str], "needs": str, "steps": list[Step], "runs-on": str}, total=False)


class Workflow(TypedDict):
    """The tested part of a workflow."""

    permissions: dict[str, str]
    jobs: dict[str, Job]


@dataclass(frozen=True)
class Call:
    """The commands of one step of a workflow."""

    workflow: str
    command: str


def workflow(name: str) -> Workflow:
    """A workflow by the name of its file."""
    return cast("Workflow", yaml.safe_load((FOLDER / "workflows" / name).read_text()))


def calls() -> Iterator[Call]:
    """Every command of every workflow, and the CI script."""
    for path in sorted((FOLDER / "workflows").iterdir()):
        for job in workflow(path.name)["jobs"].values():
            yield from (Call(path.name, step["run"]) for step in job["steps"] if "run" in step)
    yield Call(".ci/run", (ROOT / ".ci" / "run").read_text().partition("\n")[2])


def make_targets() -> set[str]:
    """Targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


CALLED = [(it.workflow, target) for it in calls() for found in MAKE.findall(it.command) for target in found.split()]


@pytest.mark.parametrize(("name", "target"), CALLED)
def test_a_make_target_exists(name: str, target: str) -> None:
    assert target in make_targets(), f"{name} calls make {target}"


def test_make_targets_are_called() -> None:
    assert {("release.yml", "dist"), (".ci/run", "test")} <= {*CALLED}


@pytest.mark.parametrize("call", [pytest.param(it, id=f"{it.workflow}: {it.command[:20]}") for it in calls()])
def test_a_file_that_a_command_names_exists(call: Call) -> None:
    named = [it for it in FILE.findall(call.command) if not it.startswith(BUILT)]
    assert [it for it in named if not (ROOT / it).exists()] == []


def test_ci_runs_what_the_checkout_says_on_both_ends_of_the_supported_pythons() -> None:
    [job] = workflow("ci.yml")["jobs"].values()
    assert job["steps"][-1] == {"run": "bash .ci/run"}
    text = (FOLDER / "workflows" / "ci.yml").read_text()
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert oldest
    assert f'python: ["{oldest[1]}", "3.13"]' in text


def test_every_action_is_pinned_to_a_full_version() -> None:
    used = [
        step["uses"]
        for path in (FOLDER / "workflows").iterdir()
        for job in workflow(path.name)["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    ]
    assert used
    assert [it for it in used if not VERSION.fullmatch(it)] == []
    assert len({it.partition("@")[0] for it in used}) == len(set(used)), "one action, one version"


def test_rights_are_given_to_the_job_that_needs_them() -> None:
    for path in (FOLDER / "workflows").iterdir():
        assert workflow(path.name)["permissions"] == {"contents": "read"}
    jobs = workflow("release.yml")["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items() if "permissions" in job} == {
        "attach-to-the-github-release": {"contents": "write"},
        "publish-to-the-package-index": {"id-token": "write"},
    }
    assert jobs["publish-to-the-package-index"]["needs"] == "attach-to-the-github-release"
    assert jobs["attach-to-the-github-release"]["needs"] == "build"


@pytest.mark.parametrize("name", ["bug", "feature"])
def test_an_issue_form_asks_something_and_names_files_that_exist(name: str) -> None:
    text = (FOLDER / "ISSUE_TEMPLATE" / f"{name}.yml").read_text()
    form = yaml.safe_load(text)
    assert {"name", "description", "labels", "body"} <= form.keys()
    asked = [it for it in form["body"] if it["type"] != "markdown"]
    assert all(it["attributes"]["label"] for it in asked)
    assert len({it["id"] for it in asked}) == len(asked) >= 3
    assert [it for it in re.findall(r"[\w/-]+\.md", text) if not (ROOT / it).is_file()] == []
