"""Every component shows an example in its docstring, after a line that ends in `::`, and the example runs."""

import contextlib
import inspect
import textwrap

import pytest

import slipway
from tests.support.components.existing_network import EXISTING
from tests.support.components.mocks import Built, build
from tests.support.components.registrations import CHECKOUT
from tests.support.components.samples import COMPONENTS


def example_of(docstring: str) -> str:
    """The indented block after the first line that ends in `::`; empty without one."""
    lines = iter(docstring.splitlines())
    if not any(line.endswith("::") for line in lines):
        return ""
    block = []
    for line in lines:
        if line and not line.startswith(" "):
            break
        block.append(line)
    return textwrap.dedent("\n".join(block)).strip()


def run(example: str) -> Built:
    """Run an example in the folder of the checkout, under mocks."""
    with contextlib.chdir(CHECKOUT):
        return build(lambda: exec(compile(example, "<example>", "exec"), {}), EXISTING)


@pytest.mark.parametrize("kind", COMPONENTS)
def test_the_example_of_a_component_builds_it(kind: str) -> None:
    example = example_of(inspect.getdoc(COMPONENTS[kind]) or "")
    assert example, f"the docstring of {kind} needs an example: an indented block after a line that ends in ::"
    assert f"slipway:index:{kind}" in {resource.type for resource in run(example).resources}


@pytest.mark.parametrize("shown", [slipway.Platform, slipway.export_platform])
def test_the_examples_of_micro_stacks_run(shown: object) -> None:
    example = example_of(inspect.getdoc(shown) or "")
    assert example
    run(example)


def test_a_docstring_without_an_example_is_told_from_one_with() -> None:
    assert example_of("A queue.\n\nExample::\n\n    work()\n\nRaises.") == "work()"
    assert example_of("A queue.\n\nExample:\n\n    work()\n") == ""


def test_an_example_with_a_wrong_argument_fails() -> None:
    with pytest.raises(slipway.ArgumentError, match="did you mean max_receives"):
        run('from slipway import Queue\nQueue("work", {"max_receive": 3})')
