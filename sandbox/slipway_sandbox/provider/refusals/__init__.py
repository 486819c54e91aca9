"""AWS's refusals beyond moto's: the table, and its two uses.

Check uses the plain refusals, before the first resource exists. Create and Update use the others just before their calls:
by then, all referenced resources exist.

`python -m slipway_sandbox.provider.refusals` writes docs/sandbox-refusals.md.
"""

import time

from slipway_sandbox.provider.aws.declaration import Failures
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.refusals import (
    appautoscaling,
    ec2,
    ecs_services,
    ecs_tasks,
    eks,
    iam,
    lb,
    logs,
    scheduler,
    sqs,
)
from slipway_sandbox.provider.refusals.rule import Refusal

REFUSALS: tuple[Refusal, ...] = (
    *ec2.REFUSALS,
    *lb.REFUSALS,
    *ecs_tasks.REFUSALS,
    *ecs_services.REFUSALS,
    *eks.REFUSALS,
    *sqs.REFUSALS,
    *logs.REFUSALS,
    *iam.REFUSALS,
    *appautoscaling.REFUSALS,
    *scheduler.REFUSALS,
)
PAUSE_SECONDS = 0.1  # between two attempts of a patient refusal


def failures(token: str, scope: Scope, old_inputs: Properties) -> Failures:
    """The plain refusals, as far as their properties are known and are not those that the resource has already."""
    refused = []
    for refusal in _of(token):
        names = refusal.properties.split()
        is_new = any(scope.inputs.get(name) != old_inputs.get(name) for name in names)
        if refusal.plain and is_new and not wire.has_unknown([scope.inputs.get(name) for name in names]):
            message = refusal.finds(scope)
            if message:
                refused.append((names[0], str(refusal.error(message))))
    return refused


def require(token: str, scope: Scope) -> None:
    """Raises AwsError when AWS would refuse the inputs. An update only considers refusals of changed properties."""
    for refusal in _of(token):
        if scope.changed and not scope.changed & set(refusal.properties.split()):
            continue
        deadline = time.monotonic() + (scope.cloud.retry_seconds if refusal.patient else 0)
        while message := refusal.finds(scope):
            if time.monotonic() >= deadline:
                raise refusal.error(message)
            scope.pause(PAUSE_SECONDS)


def _of(token: str) -> list[Refusal]:
    return [refusal for refusal in REFUSALS if refusal.token == token]
