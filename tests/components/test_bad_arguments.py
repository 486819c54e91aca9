"""No bad argument ends in a traceback: every component takes it, or refuses it in one sentence that names it.

The bad arguments come from the TypedDicts: working samples, one place changed at a time. The seed is fixed.
"""

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from slipway import ArgumentError
from tests.support.components.bad_arguments import ALL_PLACES, CATALOGUE, Args, Place, wrong
from tests.support.components.built_samples import NAME
from tests.support.components.existing_network import EXISTING
from tests.support.components.mocks import Built, build
from tests.support.components.samples import COMPONENTS, FEWEST

LONGEST_SENTENCE = 1500  # characters
MOST_ATTEMPTS = 300  # of the catalogue, for one component
fixed_seed = settings(
    max_examples=100,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Attempt(NamedTuple):
    """A component built with arguments that may be wrong."""

    built: Built
    sentence: str
    """Of the refusal; empty for a component that was built."""


def attempt(kind: str, name: Any, args: Any) -> Attempt:
    """Build a component; every error but ArgumentError is the test's."""
    sentences: list[str] = []

    def construct() -> None:
        try:
            COMPONENTS[kind](name, args)
        except ArgumentError as error:
            sentences.append(str(error))

    built = build(construct, EXISTING)
    return Attempt(built, "".join(sentences))


def as_the_plugin_passes(value: Any) -> Any:
    """A value after its way through the plugin's protocol, where each number is a float and each sequence a list."""
    if isinstance(value, Mapping):
        return {key: as_the_plugin_passes(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [as_the_plugin_passes(entry) for entry in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def check_refused_well(place: Place, args: Args) -> None:
    """A bad argument is refused in one sentence that names it, before any resource; or everything is built."""
    built, sentence = attempt(place.kind, NAME, args)
    urns = [resource.urn for resource in built.resources]
    assert len(urns) == len(set(urns)), "two resources have one name"
    if sentence:
        assert urns == [], f"registered before the refusal: {sentence}"
        assert sentence.startswith(f"{place.kind} '{NAME}': "), sentence
        assert "\n" not in sentence and len(sentence) < LONGEST_SENTENCE, sentence
        assert place.argument in sentence, f"{place.argument} is to blame, not: {sentence}"


@pytest.mark.parametrize("kind", COMPONENTS)
def test_a_bad_argument_is_refused_in_one_sentence_that_names_it(kind: str) -> None:
    @fixed_seed
    @given(wrong([place for place in ALL_PLACES if place.kind == kind]))
    def try_one(spot: tuple[Place, object]) -> None:
        place, value = spot
        check_refused_well(place, place.changed(value))

    try_one()


@pytest.mark.parametrize("kind", COMPONENTS)
def test_a_value_of_the_catalogue_is_refused_well(kind: str) -> None:
    pairs = list(itertools.product([place for place in ALL_PLACES if place.kind == kind], CATALOGUE))
    step = 1 + len(pairs) // MOST_ATTEMPTS
    # An odd step, so that it does not meet the same values of the catalogue again.
    for place, value in pairs[:: step | 1]:
        check_refused_well(place, place.changed(value))


@pytest.mark.parametrize("kind", COMPONENTS)
def test_the_plugin_refuses_a_number_in_the_same_sentence(kind: str) -> None:
    for place in ALL_PLACES:
        if place.kind == kind and isinstance(place.value, int) and not isinstance(place.value, bool):
            for value in (-7, 2**40, [8], {"a": 8}):
                args = place.changed(value)
                refused = attempt(kind, NAME, args).sentence
                assert refused, place
                assert attempt(kind, NAME, as_the_plugin_passes(args)).sentence == refused


@pytest.mark.parametrize("kind", COMPONENTS)
@pytest.mark.parametrize("name", [None, 3, ["shop"], {}, "", " ", "\n", "shop\n", "\0", "\ud800", "x" * 3000])
def test_a_bad_name_of_a_component_is_refused(kind: str, name: object) -> None:
    built, sentence = attempt(kind, name, FEWEST[kind])
    assert built.resources == []
    assert sentence.startswith(f"{kind} ") and ": the name must " in sentence, sentence


@pytest.mark.parametrize("kind", COMPONENTS)
@pytest.mark.parametrize("args", [None, 3, "x", [], [("tags", {})]])
def test_arguments_that_are_no_mapping_are_refused(kind: str, args: object) -> None:
    built, sentence = attempt(kind, NAME, args)
    assert built.resources == []
    shown = "[('tags', {})]" if args and isinstance(args, list) else repr(args)
    assert sentence == f"{kind} 'shop': the arguments must be a mapping, got {shown}; {{}} sets none"
