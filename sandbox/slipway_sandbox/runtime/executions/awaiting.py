"""Waits for the first state machine of the cloud: until then nothing of its runtime is imported, so that a start takes no longer."""

from typing import TYPE_CHECKING

from moto.stepfunctions.models import stepfunctions_backends

from slipway_sandbox.identities.denials import Denials

if TYPE_CHECKING:
    from slipway_sandbox.runtime.executions.running import Executions


class AwaitedExecutions:
    """The executions of the cloud, once it has a state machine. What is refused goes into `denials`."""

    def __init__(self, denials: Denials) -> None:
        self._denials = denials
        self._executions: Executions | None = None

    def tick(self) -> None:
        """Go on with what can go on. Call it often."""
        if self._executions is None:
            backends = [
                backend for account in list(stepfunctions_backends.values()) for backend in list(account.values())
            ]
            if not any(backend.state_machines for backend in backends):
                return
            from slipway_sandbox.runtime.executions.running import Executions  # noqa: PLC0415 - see above

            self._executions = Executions(self._denials)
        self._executions.tick()
