"""Everything that the sandbox measures."""

from collections.abc import Mapping, Sequence

from slipway_sandbox.runtime.balancing.balancers import Balancers
from slipway_sandbox.runtime.balancing.targets import TargetHealth
from slipway_sandbox.runtime.containers.host import DockerHost
from slipway_sandbox.runtime.ecs.task_run import TaskRun
from slipway_sandbox.runtime.metrics.load_balancers import LoadBalancers
from slipway_sandbox.runtime.metrics.publishing import Source
from slipway_sandbox.runtime.metrics.queues import Queues
from slipway_sandbox.runtime.metrics.services import Services


def measured(
    runs: Mapping[str, TaskRun], host: DockerHost, balancers: Balancers, health: TargetHealth
) -> Sequence[Source]:
    """Queues, load balancers and services."""
    return (Queues(), LoadBalancers(balancers.traffic, health), Services(runs, host.counters.of))
