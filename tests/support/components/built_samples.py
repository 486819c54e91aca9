"""Every sample of every component, built once under mocks."""

import contextlib
import functools
import inspect
import typing
from typing import Any

import pulumi

from tests.support.components.existing_network import EXISTING
from tests.support.components.mocks import Built, build
from tests.support.components.registrations import CHECKOUT
from tests.support.components.samples import COMPONENTS, FEWEST, OTHERWISE, RICHEST, TAKING

SAMPLES = {"fewest": FEWEST, "richest": RICHEST, "otherwise": OTHERWISE, "taking": TAKING}
CASES: list[tuple[str, str]] = [(kind, case) for case, samples in SAMPLES.items() for kind in samples]
NAME = "shop"


@functools.cache
def built_with_outputs(kind: str, case: str) -> tuple[Built, dict[str, Any]]:
    """Registrations of a sample, and the outputs that a program sees, in camel case."""
    seen: dict[str, Any] = {}

    def construct() -> pulumi.Output[None]:
        component = COMPONENTS[kind](NAME, SAMPLES[case][kind])
        declared = inspect.get_annotations(typing.cast("type", COMPONENTS[kind]))
        return pulumi.Output.all(**{camel(output): getattr(component, output) for output in declared}).apply(
            seen.update
        )

    with contextlib.chdir(CHECKOUT):  # relative paths are part of an image's name
        return build(construct, EXISTING), seen


def built(kind: str, case: str) -> Built:
    """Registrations of a sample."""
    return built_with_outputs(kind, case)[0]


def camel(name: str) -> str:
    """A name as other languages write it."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
