"""Words for type checkers are the words that components take, and a checker refuses the others."""

import ast
import inspect
import re
import typing
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi.provider.experimental.analyzer import Analyzer

import slipway
from slipway import ArgumentError, Network
from slipway import words as words_module
from tests.support.components.bad_arguments import ALL_PLACES, Place
from tests.support.components.built_samples import NAME
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS
from tests.support.pyright.wrong_words import WRONG

WORDS = {
    node.targets[0].id: {word.value for word in ast.walk(node.value) if isinstance(word, ast.Constant)}
    for node in ast.walk(ast.parse(Path(words_module.__file__).read_text()))
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript) and isinstance(node.targets[0], ast.Name)
}
"""Name of a type of words to the words."""


def typed_arguments() -> dict[str, str]:
    """Name of an argument to the type of the words in its annotation."""
    shapes = [getattr(slipway, name) for name in slipway.__all__ if name.endswith("Args")]
    found: dict[str, str] = {}
    for shape in shapes:
        [body] = ast.parse(inspect.getsource(shape)).body
        for node in ast.walk(body):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                named = [it.id for it in ast.walk(node.annotation) if isinstance(it, ast.Name) and it.id in WORDS]
                found |= dict.fromkeys([node.target.id], *named) if named else {}
    return found


TYPED = typed_arguments()
PLACES = [
    place
    for place in ALL_PLACES
    if place.argument in TYPED and isinstance(place.value, str) and place.argument != "subnet_cidr_blocks"
]


def refusal(place: Place, value: str) -> str:
    """The sentence about another value in a place; empty where the component takes it."""
    sentences: list[str] = []

    def construct() -> None:
        try:
            COMPONENTS[place.kind](NAME, place.changed(value))
        except ArgumentError as error:
            sentences.append(str(error))

    build(construct)
    return "".join(sentences)


def test_every_type_of_words_belongs_to_an_argument() -> None:
    assert {TYPED[place.argument] for place in PLACES} | {"KeyAlgorithm"} == set(WORDS) == set(words_module.__all__)
    assert TYPED["key_algorithm"] == "KeyAlgorithm", "it goes with key_file, which no sample has"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.kind}.{place.argument}")
def test_a_component_takes_exactly_the_words_that_a_checker_knows(place: Place) -> None:
    listed = re.search(r" must be one of (.*), got 'nope'", refusal(place, "nope"))
    assert listed, refusal(place, "nope")
    assert set(listed[1].split(", ")) == WORDS[TYPED[place.argument]]


def test_at_run_time_words_are_text_for_the_analyzer_of_any_component_plugin() -> None:
    assert {getattr(words_module, name) for name in WORDS} == {str}
    assert Analyzer("team").analyze([Network])["component_definitions"]["Network"].inputs["nat"].type.value == "string"  # type: ignore[union-attr]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_what_a_checker_refuses_a_component_refuses(wrong: Callable[[], object]) -> None:
    def construct() -> None:
        with pytest.raises(ArgumentError, match=r" must be one of "):
            wrong()

    assert build(construct).resources == []
    assert typing.TYPE_CHECKING is False
