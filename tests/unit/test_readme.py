"""The components' README says what the code says."""

import inspect
import re
import shutil
from pathlib import Path
from typing import cast

import pulumi
import pytest

import slipway
from tests.unit.samples import COMPONENTS, CONTEXT
from tests.unit.support import build

README = (Path(__file__).parents[2] / "components" / "README.md").read_text()


def entry(kind: str) -> str:
    """A component's section."""
    return re.split(r"^## ", README, flags=re.MULTILINE)[1:][headings().index(kind)]


def headings() -> list[str]:
    return re.findall(r"^## (\w+)$", README, flags=re.MULTILINE)


def test_every_component_has_an_entry() -> None:
    assert sorted(headings()) == sorted(COMPONENTS)


@pytest.mark.parametrize("kind", COMPONENTS)
def test_an_entry_names_every_output_and_shows_use_and_transform(kind: str) -> None:
    text = entry(kind)
    listed = re.findall(r"`(\w+)`", text[text.index("Outputs:") :].split("\n\n")[0])
    assert listed == list(inspect.get_annotations(cast("type", COMPONENTS[kind])))
    assert f"{kind}(" in text
    assert 'change("aws:' in text


def test_the_examples_work_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CONTEXT, tmp_path / "app")
    monkeypatch.chdir(tmp_path)
    program = "\n".join(re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL))
    # Transforms are functions that the engine calls back; the mocks have no engine to do so.
    program = program.replace("transforms=[transform]", "")
    names = {"pulumi": pulumi, **vars(slipway)}
    built = build(lambda: exec(compile(program, "README.md", "exec"), names))
    assert {it.type for it in built.resources} >= {f"slipway:index:{kind}" for kind in COMPONENTS}
