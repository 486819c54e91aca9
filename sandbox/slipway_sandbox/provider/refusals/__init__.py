"""What AWS refuses and moto lets through: the table, and the two moments at which it is asked.

A plain refusal is told in Check, so before the first resource exists. All others are asked of the cloud just before the
resource is created or changed, when everything that it refers to exists.

`python -m slipway_sandbox.provider.refusals` writes the table as docs/sandbox-refusals.md has it.
"""

import time

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.refusals import appautoscaling, ec2, ecs_services, ecs_tasks, eks, iam, lb, logs, sqs
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
)
PAUSE_SECONDS = 0.1  # between two looks of a patient refusal


def failures(token: str, scope: Scope) -> list[tuple[str, str]]:
    """Property and reason of each plain refusal; one that looks at a value not known yet is left for later."""
    found = []
    for refusal in _of(token):
        names = refusal.properties.split()
        if refusal.plain and not wire.has_unknown([scope.inputs.get(name) for name in names]):
            message = refusal.finds(scope)
            if message:
                found.append((names[0], str(refusal.error(message))))
    return found


def require(token: str, scope: Scope) -> None:
    """Raises AwsError when AWS would refuse what is asked for; in an update only where something changed."""
    for refusal in _of(token):
        if scope.changed and not scope.changed & set(refusal.properties.split()):
            continue
        deadline = time.monotonic() + (scope.cloud.retry_seconds if refusal.patient else 0)
        while message := refusal.finds(scope):
            if time.monotonic() >= deadline:
                raise refusal.error(message)
            scope.pause(PAUSE_SECONDS)


def _of(token: str) -> list[Refusal]:
    return [each for each in REFUSALS if each.token == token]
