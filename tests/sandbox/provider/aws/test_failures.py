"""Provider instances in programs' configurations, and temporary failures."""

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol.wire import Properties
from tests.support.commands import HANG_SECONDS
from tests.support.sandbox.provider_driver import Driver, Live, ProviderCallError
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

QUEUE = "aws:sqs/queue:Queue"
VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
CLIENT = AwsClient()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with provider(retry_seconds=20) as (port, _):
        yield port


@pytest.fixture
def driver(port: int) -> Iterator[Driver]:
    driver = Driver(port, {"region": "eu-west-1"})
    yield driver
    driver.close()


@pytest.mark.parametrize(
    "configuration",
    [
        {"maxRetries": 3, "retryMode": "adaptive", "skipMetadataApiCheck": True},
        {"endpoints": '[{"sqs": "http://localhost:4566", "sns": "http://127.0.0.1:4566", "s3": "http://[::1]:4566"}]'},
        {"allowedAccountIds": '["123456789012"]', "forbiddenAccountIds": '["210987654321"]'},
    ],
)
def test_what_programs_say_of_accounts_endpoints_and_retries_is_accepted(port: int, configuration: Properties) -> None:
    driver = Driver(port, {"region": "eu-west-1", **configuration})
    live = driver.create(QUEUE, "any", {})
    assert live.outputs["arn"].startswith("arn:aws:sqs:eu-west-1:123456789012:any-")
    driver.delete(live)
    driver.close()


@pytest.mark.parametrize("configuration", [{"allowedAccountIds": '["1"]'}, {"forbiddenAccountIds": '["123456789012"]'}])
def test_another_account_is_refused(port: int, configuration: Properties) -> None:
    with pytest.raises(ProviderCallError, match=r"^AWS account ID not allowed: 123456789012; it is the sandbox's"):
        Driver(port, configuration)


def test_instances_in_many_regions_work_side_by_side(port: int) -> None:
    regions = ("eu-west-1", "us-east-1", "ap-southeast-2")
    drivers = {region: Driver(port, {"region": region}) for region in regions}
    made = {region: driver.create(QUEUE, "same", {"name": "same"}) for region, driver in drivers.items()}
    assert [live.outputs["region"] for live in made.values()] == list(regions)
    for region, live in made.items():
        urls = CLIENT.call("sqs", "list_queues", region, QueueNamePrefix="same")["QueueUrls"]
        assert urls == [live.id]
        drivers[region].delete(live)
        drivers[region].close()


def test_a_delete_succeeds_once_what_uses_the_resource_is_gone(
    port: int, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    vpc = driver.create(VPC, "busy", {"cidrBlock": "10.61.0.0/16"})
    subnet = driver.create(SUBNET, "busy", {"vpcId": vpc.id, "cidrBlock": "10.61.1.0/24"})
    refused = refusal_of_delete_vpc(monkeypatch)
    ended = in_background(port, vpc)
    assert refused.wait(HANG_SECONDS), "the first attempt is refused"
    driver.delete(subnet)
    assert ended() is None
    assert driver.read(vpc) is None


def in_background(port: int, live: Live) -> Any:
    """Deletes on a connection of its own; the returned function waits for the outcome."""
    outcome: list[Exception | None] = []

    def delete() -> None:
        driver = Driver(port, {"region": "eu-west-1"})
        try:
            driver.delete(live)
            outcome.append(None)
        except ProviderCallError as error:
            outcome.append(error)
        finally:
            driver.close()

    thread = threading.Thread(target=delete)
    thread.start()

    def ended() -> Exception | None:
        thread.join()
        return outcome[0]

    return ended


def refusal_of_delete_vpc(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """An event, set at moto's first refusal to delete a VPC."""
    from moto.ec2.responses import EC2Response

    seen = threading.Event()
    answer: Any = EC2Response.delete_vpc

    def watched(self: Any) -> Any:
        try:
            return answer(self)
        except Exception:
            seen.set()
            raise

    monkeypatch.setattr(EC2Response, "delete_vpc", watched)
    return seen
