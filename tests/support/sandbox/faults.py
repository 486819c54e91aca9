"""AWS clients with failures: after a certain call, or now and then."""

import random

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient

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


class UnavailableBody:
    """The body of an answer, as botocore reads it."""

    def stream(self, **_: object) -> list[bytes]:
        return [b""]


class UnreliableClient(AwsClient):
    """Fails a share of all attempts with HTTP status 503, as EC2 throttles; the same ones for the same seed."""

    def __init__(self, share: float, seed: int) -> None:
        super().__init__(first_pause_seconds=0.0)
        self._share = share
        self._random = random.Random(seed)
        self.failures = 0

    def client(self, service: str, region: str) -> BaseClient:
        is_new = (service, region) not in self._clients
        client = super().client(service, region)
        if is_new:
            client.meta.events.register_first("before-send", self._fail)
        return client

    def _fail(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        if self._random.random() >= self._share:
            return None
        self.failures += 1
        return AWSResponse(request.url, 503, {}, UnavailableBody())
