"""Delete as a declaration describes it."""

import time

from slipway_sandbox.provider.aws.client import AwsError, StillUsedError
from slipway_sandbox.provider.aws.declaration import Call, Resource
from slipway_sandbox.provider.aws.lifecycle import is_gone, read_reply
from slipway_sandbox.provider.aws.scope import Scope

STILL_USED = ("DependencyViolation", "DeleteConflict", "ResourceInUse", "ResourceInUseException", "InvalidGroup.InUse")
PAUSE_SECONDS = 0.25  # between two attempts to delete


def delete(declaration: Resource, scope: Scope) -> None:
    """Deletes the resource, if it still exists. Waits for its users, within bounds."""
    if declaration.delete is None:
        return
    deadline = time.monotonic() + (scope.timeout_seconds or scope.cloud.retry_seconds)
    while True:
        try:
            if isinstance(declaration.delete, Call):
                scope.run(declaration.delete)
            else:
                declaration.delete(scope)
        except AwsError as error:
            # AWS may mean another resource with "not found".
            if is_gone(declaration, error) and read_reply(declaration, scope) is None:
                return
            may_pass = isinstance(error, StillUsedError) or error.code in STILL_USED
            if not may_pass or time.monotonic() + PAUSE_SECONDS > deadline:
                raise
            scope.pause(PAUSE_SECONDS)
        else:
            return
