"""Serves both providers, for as long as the sandbox runs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from slipway_sandbox.identities.guard import Guard
from slipway_sandbox.process.home import Ports
from slipway_sandbox.provider.aws.interrupted.creations import Creations
from slipway_sandbox.provider.aws.provider import AwsProvider
from slipway_sandbox.provider.docker_images.provider import DockerProvider
from slipway_sandbox.provider.protocol.serve import serve

if TYPE_CHECKING:
    import grpc

GRACE_SECONDS = 2.0


@contextmanager
def serving(ports: Ports, creations: Creations, guard: Guard, obstacle: Callable[[], str]) -> Iterator[None]:
    """Both providers at their ports. `obstacle` says why nothing may be created now; empty where it may."""
    aws = AwsProvider(f"localhost:{ports.registry}", creations=creations, guard=guard)
    with ExitStack() as servers:
        for servicer, port in ((aws, ports.aws), (DockerProvider(), ports.docker)):
            server, _ = serve(servicer, port, obstacle)
            servers.callback(_stop, server)
        yield


def _stop(server: "grpc.Server") -> None:
    server.stop(GRACE_SECONDS).wait()
