"""Every argument and output in a guide exists: a rename of one is followed everywhere."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest

import slipway
from docs.generator.schema import Field, component, component_names

ROOT = Path(__file__).parents[2]
GUIDES = [
    *(path for path in sorted((ROOT / "docs").glob("*.md")) if path.stem not in ("sandbox-types", "sandbox-refusals")),
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "components" / "README.md",
]
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
RENAMED = re.compile(r"^\| `(\w+)` \| (?:argument|output) `(\w+)` \| `(\w+)` \|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
WORD = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
NAME = re.compile(rf"(?<![\w./-]){WORD.pattern}(?![\w./-])")  # part of no path, module or AWS word


def fields() -> list[Field]:
    """Arguments, nested arguments and outputs of all components."""
    components = [component(name) for name in component_names()]
    nested = [it for described in components for group in described.nested for it in group.fields]
    return [*nested, *(it for described in components for it in (*described.arguments, *described.outputs))]


def known_names() -> set[str]:
    """Names of arguments, outputs, packages and everything public, and the values in descriptions, such as `blue_green`."""
    described = " ".join(f"{it.description} {it.default}" for it in fields())
    packages = {path.parent.name for path in ROOT.glob("*/slipway*/__init__.py")}
    return {it.name for it in fields()} | packages | {*slipway.__all__} | {*WORD.findall(described)}


def names_in(text: str) -> set[str]:
    """Names with an underscore in the code spans of a text, outside of its fences."""
    return {name for code in CODE.findall(FENCE.sub("", text)) for name in NAME.findall(code)}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda it: str(it.relative_to(ROOT)))
def test_a_guide_names_existing_arguments_and_outputs(guide: Path) -> None:
    text = guide.read_text()
    former = {before for _, before, _ in RENAMED.findall(text)}
    assert sorted(names_in(text) - known_names() - former) == []


def test_a_renamed_argument_has_its_new_name_and_not_the_old_one() -> None:
    renamed = RENAMED.findall((ROOT / "docs" / "upgrading.md").read_text())
    assert renamed
    for kind, before, now in renamed:
        names = {*inspect.get_annotations(getattr(slipway, kind))}
        names |= {*inspect.get_annotations(getattr(slipway, f"{kind}Args", object))}
        assert now in names, f"{kind} has no {now}"
        assert before not in names, f"{kind} still has {before}"


def test_names_are_found_in_code_and_nowhere_else() -> None:
    text = "`key_file`, `{'vpc_id': 1}` and other_name\n\n```\n`in_a_fence`\n```\n\n`components/slipway/a_file.py`"
    assert names_in(text) == {"key_file", "vpc_id"}
    assert "blue_green" in known_names()
    assert "colour_of_money" not in known_names()


def test_the_front_page_names_every_package_and_what_to_import() -> None:
    rows = re.findall(r"^\| `(slipway-\w+)` \| `(\w+)` \|", (ROOT / "docs" / "index.md").read_text(), re.MULTILINE)
    files = {tomllib.loads(path.read_text())["project"]["name"]: path for path in ROOT.glob("*/pyproject.toml")}
    assert {name for name, _ in rows} == {*files}
    for name, imported in rows:
        assert (files[name].parent / imported / "__init__.py").is_file()
