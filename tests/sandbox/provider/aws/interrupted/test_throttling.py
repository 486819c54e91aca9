"""Throttled and failing calls, now and then: nothing of it reaches the user."""

import os

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from tests.support.sandbox.example_world import ExampleWorld
from tests.support.sandbox.faults import UnreliableClient
from tests.support.sandbox.provider_driver import Driver
from tests.support.sandbox.provider_examples import EXAMPLES
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)


def test_throttling_of_every_third_call_fails_nothing() -> None:
    client = UnreliableClient(share=0.35, seed=7)
    with provider(client=client) as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        world = ExampleWorld(driver, EXAMPLES)
        some = list(EXAMPLES)[::4]
        for name in some:
            world.need(name)
        driver.close()
    assert client.refusals > len(some)
