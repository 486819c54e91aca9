"""The examples in docstrings of the engine's modules run."""

import doctest
from types import ModuleType

import pytest

from slipway_policies.engine import sentences, values


@pytest.mark.parametrize("module", [sentences, values], ids=lambda module: module.__name__.rpartition(".")[2])
def test_each_example_shows_what_the_code_does(module: ModuleType) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
