"""Task definitions: their size in ECS's own units."""

from collections.abc import Callable

from moto.ecs.models import EC2ContainerServiceBackend, TaskDefinition

from slipway_sandbox.corrections._decorator import corrects
from slipway_sandbox.task_sizes import size_units


@corrects(
    EC2ContainerServiceBackend.register_task_definition,
    why="moto keeps a size of 1 vCPU and 2 GB in these words; ECS answers 1024 and 2048.",
)
def register_task_definition(
    original: Callable[..., TaskDefinition], self: EC2ContainerServiceBackend, *arguments: object, **named: object
) -> TaskDefinition:
    sizes = {name: size_units(amount) for name in ("cpu", "memory") if isinstance(amount := named.get(name), str)}
    return original(self, *arguments, **{**named, **sizes})
