"""What AWS does by itself as time goes on: schedules start tasks, and scaling changes how many tasks a service has."""

from collections.abc import Callable, Mapping

from slipway_sandbox.corrections.cloudwatch import actions
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.scaling.autoscaling import AutoScaling
from slipway_sandbox.runtime.schedules.invocations import Schedules
from slipway_sandbox.runtime.schedules.target import Targets

AUTO_SCALING = "autoscaling"  # in the ARNs of scaling policies


class Clockwork:
    """Everything that acts by the clock. What is refused goes into `denials`."""

    def __init__(self, denials: Denials) -> None:
        scaling = AutoScaling()
        actions.register(AUTO_SCALING, scaling.on_action)
        self.steps: Mapping[str, Callable[[], None]] = {
            "schedules": Schedules(Targets(denials)).tick,
            "scaling": scaling.tick,
        }
        """One look of each part, by its name, in their order."""

    def stop(self) -> None:
        """Alarms set off no scaling any more."""
        actions.unregister(AUTO_SCALING)
