"""A creation that fails after its first call: what exists is recorded with its id, for every type, and finished later."""

import os
from collections.abc import Iterator

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from tests.support.commands import HANG_SECONDS
from tests.support.sandbox.example_world import ExampleWorld
from tests.support.sandbox.faults import InterruptedClient
from tests.support.sandbox.provider_driver import Driver, Live, ProviderCallError, Values
from tests.support.sandbox.provider_examples import EXAMPLES
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

# Cloud Map answers a creation with the id of an operation, and tells the namespace's own in a second call: test_resumption.py.
ID_COMES_LATER = frozenset(("http_namespace", "private_namespace", "public_namespace"))
CREATES_NOTHING = frozenset(("validation",))


class InterruptedDriver(Driver):
    """Each of its creations fails after the first changing call, and is finished by an update."""

    def __init__(self, port: int, client: InterruptedClient) -> None:
        super().__init__(port, {"region": "eu-west-1"})
        self._client = client
        self.incomplete_names: set[str] = set()

    def create(self, token: str, name: str, inputs: Values, timeout_seconds: float = HANG_SECONDS) -> Live:
        if name in ID_COMES_LATER:
            return super().create(token, name, inputs, timeout_seconds)
        self._client.arm()
        try:
            return super().create(token, name, inputs, timeout_seconds)
        except ProviderCallError as error:
            self._client.disarm()
            assert error.detail is not None, f"{error}, after {self._client.operations}"
            self.incomplete_names.add(name)
            finished = self.update(self.incomplete(error, token, name), inputs)
            assert self.read(finished) == finished
            return finished
        finally:
            self._client.disarm()


@pytest.fixture(scope="module")
def world() -> Iterator[ExampleWorld]:
    client = InterruptedClient()
    with provider(client=client) as (port, _):
        driver = InterruptedDriver(port, client)
        yield ExampleWorld(driver, EXAMPLES)
        driver.close()


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in ID_COMES_LATER | CREATES_NOTHING])
def test_what_fails_after_the_creating_call_is_recorded_and_finished_later(world: ExampleWorld, name: str) -> None:
    world.need(name)
    assert isinstance(world.driver, InterruptedDriver)
    assert name in world.driver.incomplete_names, "a call follows the creating one, and failed"
