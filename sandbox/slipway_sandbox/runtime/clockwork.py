"""What AWS does by itself as time goes on: it measures, alarms change, scaling changes numbers of tasks, schedules start some."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from moto.cloudwatch.models import cloudwatch_backends

from slipway_sandbox import clock
from slipway_sandbox.corrections.cloudwatch import actions
from slipway_sandbox.corrections.metrics import thin_out
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.alarms.evaluation import Alarms
from slipway_sandbox.runtime.executions.awaiting import AwaitedExecutions
from slipway_sandbox.runtime.metrics.publishing import Publisher, Source
from slipway_sandbox.runtime.scaling.autoscaling import AutoScaling
from slipway_sandbox.runtime.schedules.invocations import Schedules
from slipway_sandbox.runtime.schedules.target import Targets

AUTO_SCALING = "autoscaling"  # in the ARNs of scaling policies


class Monitoring:
    """Metrics, and the alarms on them. `now` is the clock. Default: the sandbox's."""

    def __init__(self, sources: Sequence[Source], now: Callable[[], datetime] = clock.now) -> None:
        self._publisher, self._alarms, self._now = Publisher(sources), Alarms(), now

    def tick(self) -> None:
        """Report what is measured, then evaluate alarms on it: both by one look at the clock."""
        now = self._now().timestamp()
        self._publisher.tick(now)
        self._alarms.tick(now)
        for account in list(cloudwatch_backends.values()):
            for backend in list(account.values()):
                thin_out(backend, now)


class Clockwork:
    """Everything that acts by the clock. What is refused goes into `denials`; `sources` are what is measured."""

    def __init__(self, denials: Denials, sources: Sequence[Source]) -> None:
        scaling = AutoScaling()
        actions.register(AUTO_SCALING, scaling.on_action)
        self.steps: Mapping[str, Callable[[], None]] = {
            "metrics and alarms": Monitoring(sources).tick,
            "scaling": scaling.tick,
            "schedules": Schedules(Targets(denials)).tick,
            "executions": AwaitedExecutions(denials).tick,
        }
        """One look of each part, by its name, in their order."""

    def stop(self) -> None:
        """Alarms set off no scaling any more."""
        actions.unregister(AUTO_SCALING)
