"""AWS clients with failures: after a certain call, or now and then."""

import random
from collections.abc import Callable

from botocore.exceptions import ClientError

from slipway_sandbox.process.aws_api import READS
from slipway_sandbox.provider.aws.client import AwsClient, AwsError
from slipway_sandbox.provider.protocol.wire import Value


class InterruptedClient(AwsClient):
    """Once armed, it fails each call after the first changing one."""

    def __init__(self) -> None:
        super().__init__()
        self._is_armed = False
        self.operations: list[str] = []
        """Operations since it was armed."""

    def arm(self) -> None:
        self._is_armed, self.operations = True, []

    def disarm(self) -> None:
        self._is_armed = False

    def call(self, service: str, operation: str, region: str, /, **params: Value) -> dict[str, Value]:
        name = self.client(service, region).meta.method_to_api_mapping[operation]
        if self._is_armed and any(not earlier.startswith(READS) for earlier in self.operations):
            raise AwsError(name, "InternalFailure", "interrupted by the test")
        reply = super().call(service, operation, region, **params)
        self.operations.append(name)
        return reply


class UnreliableClient(AwsClient):
    """Refuses a share of all attempts: throttling, and failures of the service; the same ones for the same seed."""

    def __init__(self, share: float, seed: int) -> None:
        super().__init__(first_pause_seconds=0.0)
        self._share = share
        self._random = random.Random(seed)
        self._refused: list[str] = []  # a client for another caller is a copy, and counts here, too

    @property
    def refusals(self) -> int:
        """Attempts that were refused."""
        return len(self._refused)

    def _retried(self, operation: str, attempt_call: Callable[[], dict[str, Value]]) -> dict[str, Value]:
        def attempt() -> dict[str, Value]:
            if self._random.random() < self._share:
                code = self._random.choice(("ThrottlingException", "RequestLimitExceeded", "InternalFailure"))
                self._refused.append(code)
                status = 500 if code == "InternalFailure" else 400
                answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
                raise ClientError(answer, operation)
            return attempt_call()

        return super()._retried(operation, attempt)
