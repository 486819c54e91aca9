"""docs/reference agrees with the docstrings, the schema and the recorded registrations, and its examples run."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import slipway
from docs.generator import docstrings
from docs.generator.pages import FOLDER, file_name, pages
from docs.generator.registrations import SAMPLE_NAME, registrations, sample
from docs.generator.schema import Component, component, component_names
from docs.generator.transforms import MAIN_CHILD, change_of, program
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS as SAMPLED

COMPONENTS = component_names()
NESTED = [(name, nested.name) for name in COMPONENTS for nested in component(name).nested]


def test_every_page_is_up_to_date_and_there_is_no_other() -> None:
    written = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert written == pages(), "run make docs"


def test_every_public_component_has_a_page() -> None:
    assert set(COMPONENTS) == set(SAMPLED)
    assert set(MAIN_CHILD) == set(SAMPLED)
    assert file_name("FargateService") == "fargate-service.md"


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_page_names_every_argument_in_both_spellings(name: str) -> None:
    described, page = component(name), pages()[file_name(name)]
    for it in (*described.arguments, *described.outputs):
        spellings = f"`{it.name}`" if it.name == it.camel_name else f"`{it.name}`<br>`{it.camel_name}`"
        assert f"\n| {spellings} | {it.type} | " in page
    assert {it.name for it in described.arguments} == set(getattr(slipway, f"{name}Args").__annotations__)


@pytest.mark.parametrize(("name", "nested"), NESTED)
def test_a_nested_type_has_a_section_and_a_link(name: str, nested: str) -> None:
    page = pages()[file_name(name)]
    assert f"\n### {nested}\n" in page
    assert f"[{nested}](#{nested.lower()})" in page


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_argument_says_what_happens_without_it(name: str) -> None:
    described = component(name)
    fields = [*described.arguments, *(it for nested in described.nested for it in nested.fields)]
    for it in fields:
        assert it.is_required != bool(it.default or it.alternative), it.name


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_escape_hatch_changes_the_main_child(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text("FROM scratch\n")
    monkeypatch.chdir(tmp_path)
    change, recorded = change_of(name), registrations(name).fewest
    text = program(component(name), recorded)
    scope: dict[str, Callable[[object], SimpleNamespace]] = {}
    # The mocks have no engine to call transforms back, so the program runs without, and its function is called here.
    built = build(lambda: exec(compile(text.replace("transforms=[transform]", ""), name, "exec"), scope))
    children = [it for it in built.resources if it.type == change.kind]
    assert SAMPLE_NAME in {it.name.removesuffix("-billing") for it in children}, f"{change.kind} is no main child"
    assert sorted(it.name for it in children) == sorted(recorded.names[change.kind])
    for child in children:
        assert child.inputs.get(change.key) != change.value
        changed = scope["transform"](SimpleNamespace(type_=child.type, props=child.inputs, opts=None))
        assert changed.props == {**child.inputs, change.key: change.value}
    assert scope["transform"](SimpleNamespace(type_="aws:sns/other:Other", props={}, opts=None)) is None


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_escape_hatch_covers_what_no_argument_does(name: str) -> None:
    described: Component = component(name)
    assert change_of(name).key not in {it.camel_name for it in described.arguments}


def test_registrations_are_counted_by_type() -> None:
    text = (
        "shop: pulumi:pulumi:Stack > slipway:index:Queue\n"
        "  max_receives: 5\n"
        "shop: slipway:index:Queue > aws:sqs/queue:Queue\n"
        '  (depends on: ["Queue x"])\n'
        "  name: other\n"
        "shop-dead: slipway:index:Queue > aws:sqs/queue:Queue\n"
        "lookup getRegion: {}\n"
    )
    read = sample(text)
    assert read.arguments == {"max_receives": "5"}
    assert read.counts == {"aws:sqs/queue:Queue": 2}
    assert read.lookups == {"getRegion"}
    with pytest.raises(ValueError, match="is no registration of a component"):
        sample("lookup getRegion: {}\n")


def test_a_component_without_a_sample_is_an_error_with_the_fix() -> None:
    with pytest.raises(
        FileNotFoundError, match=re.escape("Nothing.fewest.txt; give Nothing a sample and run make docs")
    ):
        registrations("Nothing")


@pytest.mark.parametrize(
    ("docstring", "markdown"),
    [
        pytest.param("One <word> and `<code>`.", "One &lt;word> and `<code>`.", id="text"),
        pytest.param(
            "One.\n\nExample::\n\n    Queue(\n        'a',\n\n        {})\n\nLast.",
            "One.\n\nExample:\n\n```python\nQueue(\n    'a',\n\n    {})\n```\n\nLast.",
            id="literal block",
        ),
        pytest.param("One.\n\n::\n\n    a < b", "One.\n\n```python\na < b\n```", id="bare literal block"),
        pytest.param("One.\n\n```python\na < b\n```", "One.\n\n```python\na < b\n```", id="fence"),
        pytest.param(
            "One.\n\n```python\na < b\n\nc < d\n```", "One.\n\n```python\na < b\n\nc < d\n```", id="long fence"
        ),
        pytest.param("One.\n\n>>> a < b\nTrue", "One.\n\n```pycon\n>>> a < b\nTrue\n```", id="session"),
    ],
)
def test_examples_in_docstrings_become_fences(docstring: str, markdown: str) -> None:
    assert docstrings.to_markdown(docstring) == markdown
