"""The READMEs and guides say what the code says."""

import ast
import inspect
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NotRequired, cast, get_args, get_origin, is_typeddict

import pulumi
import pytest

import slipway
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS, CONTEXT

ROOT = Path(__file__).parents[2]
README = (ROOT / "components" / "README.md").read_text()
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
PUBLIC = {name: getattr(slipway, name) for name in slipway.__all__}
ARGUMENTS = {name: it for name, it in PUBLIC.items() if is_typeddict(it)}
SNIPPETS = [
    pytest.param(snippet, id=f"{guide.stem}-{number}")
    for guide in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for number, snippet in enumerate(PYTHON.findall(guide.read_text()))
    if guide.stem != "sandbox-types"
]


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
    program = "\n".join(PYTHON.findall(README))
    # Transforms are functions that the engine calls back; the mocks have no engine to do so.
    program = program.replace("transforms=[transform]", "")
    names = {"pulumi": pulumi, **PUBLIC}
    built = build(lambda: exec(compile(program, "README.md", "exec"), names))
    assert {it.type for it in built.resources} >= {f"slipway:index:{kind}" for kind in COMPONENTS}


def test_the_first_program_of_the_readme_runs() -> None:
    [program] = PYTHON.findall((ROOT / "README.md").read_text())
    built = build(lambda: exec(compile(program, "README.md", "exec"), {}))
    assert sum(it.type == "aws:sqs/queue:Queue" for it in built.resources) == 4


def test_every_network_that_the_guide_draws_can_be_made() -> None:
    presets = re.findall(r"`(\{.*?\})`", (ROOT / "docs" / "network.md").read_text())
    assert len(presets) == 7
    for preset in map(ast.literal_eval, presets):
        built = build(partial(slipway.Network, "main", preset))
        assert built.one("vpc:Vpc", "main")


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_guides_snippet_names_arguments_that_there_are(snippet: str) -> None:
    tree = parsed(snippet)
    calls = [it for it in ast.walk(tree) if isinstance(it, ast.Call) and getattr(it.func, "id", "") in COMPONENTS]
    shown = [(ARGUMENTS[f"{cast('Any', it.func).id}Args"], it.args[1]) for it in calls]
    shared = [
        it for it in ast.walk(tree) if isinstance(it, ast.Call) and getattr(it.func, "id", "") == "export_platform"
    ]
    shown += [(slipway.SharedPlatformArgs, it.args[0]) for it in shared]
    if not shown:  # entries of a component's arguments; no other has all of them
        [entries] = [it for it in ast.iter_child_nodes(tree.body[0]) if isinstance(it, ast.Dict)]
        names = {key.value for key in entries.keys if isinstance(key, ast.Constant)}
        shown = [(it, entries) for it in ARGUMENTS.values() if names <= inspect.get_annotations(it).keys()]
    assert shown
    assert min(len(list(strangers(kind, node))) for kind, node in shown) == 0


def parsed(snippet: str) -> ast.Module:
    try:
        return ast.parse(snippet.replace("{...,", "{"))
    except SyntaxError:
        return ast.parse(f"{{{snippet}}}")


def strangers(kind: Any, node: ast.AST) -> Iterator[str]:
    """Keys in a literal that its type has not, at any depth."""
    while get_origin(kind) is NotRequired:
        [kind] = get_args(kind)
    if not isinstance(node, ast.Dict):
        return
    hints = inspect.get_annotations(kind) if is_typeddict(kind) else {}
    for key, value in zip(node.keys, node.values, strict=True):
        name = key.value if isinstance(key, ast.Constant) else ""
        if hints and name not in hints:
            yield str(name)
        yield from strangers(hints[name] if name in hints else (get_args(kind) or [None])[-1], value)
