"""Programs and stacks of earlier versions go on with this one, or the changelog says what breaks."""

import gzip
import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from docs.generator.schema import plugin_schema
from setup import distributions
from tests.support import upgrade, wheels
from tests.support.components.stacks import CHECKOUT, sandbox_of_its_own

BASELINES = sorted(path.name for path in upgrade.FOLDER.iterdir() if (path / "surface.json").exists())
NOW = upgrade.surface(json.loads(plugin_schema()))


def breaking() -> str:
    """The changelog's entries on what breaks."""
    sections = (CHECKOUT / "CHANGELOG.md").read_text().split("\n### ")
    return "".join(section for section in sections if section.startswith("Breaking\n"))


def test_there_is_a_baseline() -> None:
    assert "0.1.0.dev0" in BASELINES


@pytest.mark.parametrize("version", BASELINES)
def test_what_breaks_a_program_of_a_baseline_stands_in_the_changelog(version: str) -> None:
    before = json.loads((upgrade.FOLDER / version / "surface.json").read_text())
    text = breaking()
    assert [it for it in upgrade.breaks(before, NOW) if it.partition(" ")[0] not in text] == [], (
        "write it under Breaking"
    )


@pytest.mark.parametrize("version", BASELINES)
def test_what_a_wheel_of_a_baseline_promised_holds_or_stands_in_the_changelog(version: str) -> None:
    before = json.loads((upgrade.FOLDER / version / "wheels.json").read_text())
    now = {name: wheels.promises(distribution(name)) for name in before}
    text = breaking()
    assert [it for it in wheels.broken_promises(before, now) if it.partition(" ")[0] not in text] == [], (
        "write it under Breaking"
    )


def test_a_promise_of_a_wheel_that_is_broken_is_named() -> None:
    before = {
        "slipway-cli": {
            "requires_python": ">=3.11",
            "extras": ["aws"],
            "entry_points": {"console_scripts/slipway": "slipway_cli.command_line:main"},
        },
        "slipway-consumer": {},
    }
    now = {"slipway-cli": {"requires_python": ">=3.12", "extras": [], "entry_points": {}}}
    assert list(wheels.broken_promises(before, now)) == [
        "slipway-cli[aws] is removed",
        "slipway-cli/console_scripts/slipway is removed",
        "slipway-cli/Requires-Python is >=3.12, was >=3.11",
        "slipway-consumer is removed",
    ]


def test_a_release_has_the_wheels_of_its_baseline(tmp_path: Path) -> None:
    [wheel] = distributions.build(CHECKOUT / "consumer", tmp_path, wheel_only=True)
    kept = wheels.of_wheels(tmp_path)
    assert kept == {
        "slipway-consumer": wheels.promises(distribution("slipway-consumer")) | {"sha256": distributions.sha256(wheel)}
    }
    folder = tmp_path / "upgrade"
    assert wheels.difference(folder / "0.1.0", tmp_path) == (
        "there is no baseline of 0.1.0; run make baseline, and commit what it writes"
    )
    (folder / "0.1.0").mkdir(parents=True)
    (folder / "0.1.0" / "wheels.json").write_text(json.dumps(kept))
    assert wheels.difference(folder / "0.1.0", tmp_path) == ""
    wheel.write_bytes(wheel.read_bytes() + b" ")
    assert wheels.difference(folder / "0.1.0", tmp_path) == (
        "the baseline of 0.1.0 is of other wheels of slipway-consumer; run make baseline again, and commit what it writes"
    )


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ({"a": "string"}, {}, ["Queue.a is removed"]),
        ({"a": "string"}, {"a": "integer"}, ["Queue.a is integer, was string"]),
        ({"a": "string"}, {"a": "string!"}, ["Queue.a is required"]),
        ({}, {"a": "string!"}, ["Queue.a is required"]),
        ({"a": "string!"}, {"a": "string", "b": "[string]"}, []),
    ],
)
def test_a_break_is_named(before: dict[str, str], after: dict[str, str], sentences: list[str]) -> None:
    def whole(arguments: dict[str, str]) -> dict[str, object]:
        return {"components": {"Queue": {"arguments": arguments, "outputs": []}}, "types": {}}

    assert list(upgrade.breaks(whole(before), whole(after))) == sentences


def test_a_component_and_an_output_that_go_are_breaks() -> None:
    before = {"components": {"Queue": {"arguments": {}, "outputs": ["queueUrl"]}}, "types": {}}
    without: dict[str, Any] = {"components": {"Queue": {"arguments": {}, "outputs": []}}, "types": {}}
    assert list(upgrade.breaks(before, without)) == ["Queue.queueUrl is no output"]
    assert list(upgrade.breaks(before, {"components": {}, "types": {}})) == ["Queue is removed"]


HARMLESS = ("same", "read", "update", "create")  # what is made anew under another name is also deleted


@pytest.mark.engine
def test_a_stack_of_each_baseline_is_replaced_in_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "program"
    directory.mkdir()
    upgrade.project(directory)
    file = directory / "state.json"
    with sandbox_of_its_own(tmp_path / "sandbox") as stacks:
        stacks.pulumi(directory, "stack", "init", upgrade.STACK)
        for version in BASELINES:
            file.write_bytes(gzip.decompress((upgrade.FOLDER / version / "state.json.gz").read_bytes()))
            stacks.pulumi(directory, "stack", "import", "--file", str(file))
            preview = json.loads(stacks.pulumi(directory, "preview", "--json"))
            changed = {it["urn"]: it["op"] for it in preview["steps"] if it["op"] not in HARMLESS}
            assert changed == {}, version
            assert sum(preview["changeSummary"].values()) > 120, "the state was read"
