"""Who has the provider of a dynamic resource: the engine's process for Python, or the component plugin.

A program in another language has no Python of its own. There the plugin makes the component, and serves its resources, too.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import pulumi

from ._stored_class import PROVIDER

_SERVED = ContextVar("served", default=False)


@contextmanager
def served() -> Iterator[None]:
    """Resources that are declared meanwhile are the plugin's own."""
    before = _SERVED.set(True)
    try:
        yield
    finally:
        _SERVED.reset(before)


def is_served() -> bool:
    """Whether the plugin makes the component."""
    return _SERVED.get()


def served_type(kind: str) -> str:
    """Type of a resource that the plugin serves.

    >>> served_type("PrivateKey")
    'slipway:index:PrivateKey'
    """
    return f"slipway:index:{kind}"


def moved(kind: str, opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Options with an alias, so that a component keeps the resource when its program changes its language."""
    other = f"pulumi-python:dynamic/slipway:{kind}" if is_served() else served_type(kind)
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=other)]))


def without_class(props: Mapping[str, object]) -> dict[str, object]:
    """Properties without the class that a state of a program in Python stores."""
    return {key: value for key, value in props.items() if key != PROVIDER}
