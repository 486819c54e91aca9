"""The clock of the sandbox's AWS."""

import re

import pytest

from slipway_sandbox.clock import Clock, speed_of
from slipway_sandbox.errors import SandboxError


def test_a_clock_never_goes_back_when_its_speed_changes() -> None:
    fast = Clock(60.0, real=1000.0, shown=1000.0)
    usual = fast.going_on(1.0)
    assert usual.shown == fast.at(usual.real)
    assert usual.at(usual.real + 10) == usual.shown + 10


def test_a_clock_of_the_same_speed_is_the_same_clock() -> None:
    fast = Clock(60.0, real=1000.0, shown=1000.0)
    assert fast.going_on(60.0) is fast


def test_the_usual_clock_is_the_machines() -> None:
    assert Clock().at(1234.5) == 1234.5


@pytest.mark.parametrize("text", ["0", "61", "fast", "nan"])
def test_a_speed_out_of_bounds_is_refused_with_both_bounds(text: str) -> None:
    says = f"--speed must be a number from 1 to 60, got {text!r}; 60 makes a second of each minute"
    with pytest.raises(SandboxError, match=f"^{re.escape(says)}$"):
        speed_of(text, "--speed")
