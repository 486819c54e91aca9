"""Puts control planes behind moto's clusters, for as long as the sandbox runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from slipway_sandbox.corrections.eks import control_planes
from slipway_sandbox.identities.principals import Principals
from slipway_sandbox.identities.sessions import Sessions
from slipway_sandbox.process.home import Home

from .access import Access
from .clusters import Containers, ControlPlanes


@contextmanager
def serving(
    home: Home,
    sessions: Sessions,
    entered: Callable[[], AbstractContextManager[None]],
    changed: Callable[[], None],
    containers: Containers,
) -> Iterator[ControlPlanes]:
    """The control planes of a sandbox, those of its earlier clusters included. Raises SandboxError where a port is taken."""
    access = Access(Principals(sessions), home.secret_key.read_text())
    planes = ControlPlanes(home.control_planes, access, entered, changed, containers)
    try:
        planes.resume()
        control_planes.attach(planes)
        try:
            yield planes
        finally:
            control_planes.detach()
    finally:
        planes.stop()
