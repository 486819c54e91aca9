"""Every service: how moto finds the method of an operation."""

from functools import cache

from moto.core import responses
from moto.core.utils import method_names_from_class

from slipway_sandbox.corrections._decorator import sets


@cache
def _names(cls: type, size: int) -> list[str]:  # noqa: ARG001 - a class of another size has other operations
    return method_names_from_class(cls)


def _cached_names(cls: type) -> list[str]:
    return _names(cls, len(vars(cls)))


sets(
    responses,
    "method_names_from_class",
    _cached_names,
    why="moto looks through all methods of the service's class on every call, a third of its time; here it looks once.",
)
