"""Tables of refused arguments: what a component says about them, before anything exists."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest

from slipway import ArgumentError
from tests.support.components.mocks import ANSWERS, Answer, build


class Refused(NamedTuple):
    """One row of such a table."""

    args: Mapping[str, object]
    """Arguments to put over working ones."""
    says: str
    """Sentence after `<Class> '<name>': `."""


class RefusedName(NamedTuple):
    """One row of a table of refused names."""

    name: str
    """Name of the component."""
    args: Mapping[str, object]
    """Arguments to put over working ones."""
    says: str
    """Sentence after `<Class> '<name>': `."""


def refusal(construct: Callable[[], object], answers: Mapping[str, Answer] = ANSWERS) -> str:
    """Build under mocks; the sentence of the ArgumentError. Fails when there is none or when a resource was registered."""
    sentences: list[str] = []

    def refused() -> None:
        with pytest.raises(ArgumentError) as caught:
            construct()
        sentences.append(str(caught.value))

    assert build(refused, answers).resources == []
    [sentence] = sentences
    return sentence
