"""The examples in the docstrings are true."""

import doctest
from types import ModuleType

import pytest

from slipway_consumer import handlers, settings


@pytest.mark.parametrize("module", [handlers, settings])
def test_the_examples_of_a_module_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)
