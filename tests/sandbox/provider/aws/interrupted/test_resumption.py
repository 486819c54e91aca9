"""Updates whose engine was killed before it had recorded what the provider made."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider.aws.interrupted.creations import Creations
from slipway_sandbox.provider.protocol.readers import blocks, text
from tests.support.sandbox.engine_files import EngineFiles
from tests.support.sandbox.faults import InterruptedClient
from tests.support.sandbox.provider_driver import Driver, Live, ProviderCallError
from tests.support.sandbox.provider_world import provider

os.environ.update(MOTO_ENVIRONMENT)

QUEUE, ROLE, POLICY = "aws:sqs/queue:Queue", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
MAY_SEND = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}'
TRUST = '{"Version": "2012-10-17", "Statement": []}'


class World:
    """A provider beside an engine's files."""

    def __init__(self, driver: Driver, engine: EngineFiles, creations: Creations, client: InterruptedClient) -> None:
        self.driver, self.engine, self.creations, self.client = driver, engine, creations, client

    def queues(self) -> list[str]:
        listed = self.client.call("sqs", "list_queues", "eu-west-1").get("QueueUrls", [])
        assert isinstance(listed, list)
        return [str(url) for url in listed]

    def namespaces(self) -> list[str]:
        listed = self.client.call("servicediscovery", "list_namespaces", "eu-west-1")["Namespaces"]
        return [text(namespace, "Id") for namespace in blocks({"Namespaces": listed}, "Namespaces")]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine, client = EngineFiles(tmp_path), InterruptedClient()
    creations = Creations(engine.reader)
    with provider(client=client, creations=creations) as (port, _):
        driver = Driver(port, {"region": "eu-west-1"})
        engine.write()
        engine.begin("first")
        yield World(driver, engine, creations, client)
        driver.close()


def test_a_creation_without_a_record_in_the_state_is_answered_again(world: World) -> None:
    first = world.driver.create(QUEUE, "orders", {"delaySeconds": 5})
    world.engine.begin("second")
    again = world.driver.create(QUEUE, "orders", {"delaySeconds": 5})
    assert again == first
    assert world.queues() == [first.id]


def test_what_is_asked_for_otherwise_is_made_anew_and_the_first_is_gone(world: World) -> None:
    world.driver.create(QUEUE, "orders", {"delaySeconds": 5})
    world.engine.begin("second")
    again = world.driver.create(QUEUE, "orders", {"delaySeconds": 6})
    assert world.queues() == [again.id]
    assert again.outputs["delaySeconds"] == 6


def test_an_unfinished_creation_is_made_anew_and_leaves_nothing(world: World) -> None:
    world.client.arm()
    with pytest.raises(ProviderCallError, match="interrupted by the test"):
        world.driver.create(QUEUE, "orders", {})
    world.client.disarm()
    [unfinished] = world.creations.saved()
    assert (unfinished["is_whole"], unfinished["id"]) == (False, world.queues()[0])
    world.engine.begin("second")
    again = world.driver.create(QUEUE, "orders", {})
    assert world.queues() == [again.id]


@pytest.mark.parametrize("kind", ["HttpNamespace", "PrivateDnsNamespace", "PublicDnsNamespace"])
def test_a_namespace_of_which_only_the_operation_is_known_is_no_orphan(world: World, kind: str) -> None:
    # Cloud Map answers a creation with an operation, and tells the namespace's id in a second call.
    token = f"aws:servicediscovery/{kind[0].lower()}{kind[1:]}:{kind}"
    inputs = {"name": "shop.internal"}
    if kind == "PrivateDnsNamespace":
        vpc = world.driver.create("aws:ec2/vpc:Vpc", "main", {"cidrBlock": "10.0.0.0/16"})
        world.engine.write(vpc)
        inputs["vpc"] = vpc.id
    world.client.arm()
    with pytest.raises(ProviderCallError, match="GetOperation failed with InternalFailure") as caught:
        world.driver.create(token, "shop", inputs)
    world.client.disarm()
    assert caught.value.detail is None, "no state has the operation's id"
    [first] = world.namespaces()
    world.engine.begin("second")
    again = world.driver.create(token, "shop", inputs)
    assert world.namespaces() == [again.id] != [first]
    assert [each["id"] for each in world.creations.saved() if each["token"] == token] == [again.id]
    world.engine.write(again)
    world.engine.begin("third")
    world.driver.delete(again)
    assert world.namespaces() == []


def test_a_deletion_takes_away_a_namespace_of_which_only_the_operation_is_known(world: World) -> None:
    world.client.arm()
    with pytest.raises(ProviderCallError, match="GetOperation"):
        world.driver.create("aws:servicediscovery/httpNamespace:HttpNamespace", "shop", {"name": "shop"})
    world.client.disarm()
    queue = world.driver.create(QUEUE, "orders", {})
    world.engine.write(queue)
    world.engine.begin("destroy")
    world.driver.delete(queue)
    assert world.namespaces() == []
    assert world.creations.saved() == []


def test_what_was_deleted_by_hand_meanwhile_is_made_anew(world: World) -> None:
    first = world.driver.create(QUEUE, "orders", {})
    world.client.call("sqs", "delete_queue", "eu-west-1", QueueUrl=first.id)
    world.engine.begin("second")
    assert world.queues() == [] != [world.driver.create(QUEUE, "orders", {}).id] == world.queues()


def test_a_replacement_of_what_the_state_has_is_another_resource(world: World) -> None:
    first = world.driver.create(QUEUE, "orders", {})
    world.engine.write(first)
    world.engine.begin("second")
    other = world.driver.create(QUEUE, "orders", {"name": "replacement"})
    assert world.queues() == [first.id, other.id]


def test_a_deletion_takes_away_what_an_interrupted_update_left(world: World) -> None:
    role = world.driver.create(ROLE, "task", {"assumeRolePolicy": TRUST})
    world.driver.create(POLICY, "task", {"role": role.id, "policy": MAY_SEND})
    world.engine.write(role)
    world.engine.begin("destroy")
    world.driver.delete(role)
    assert world.driver.read(role) is None
    assert world.creations.saved() == []


def test_what_leaves_the_state_after_its_update_is_nobodys_to_delete(world: World) -> None:
    kept, gone = (world.driver.create(QUEUE, name, {"name": name}) for name in ("kept", "gone"))
    world.engine.write(kept, gone)
    world.engine.end()
    world.creations.settle()
    world.engine.write(gone)  # as after `pulumi state delete`
    world.engine.begin("second")
    world.driver.delete(gone)
    assert world.queues() == [kept.id]


def test_without_an_update_at_work_nothing_is_recorded(world: World) -> None:
    world.engine.end()
    world.driver.create(QUEUE, "orders", {})
    assert world.creations.saved() == []


def test_the_record_survives_the_sandbox(world: World) -> None:
    first = world.driver.create(QUEUE, "orders", {})
    restored = Creations(world.engine.reader, restored=world.creations.saved())
    world.engine.begin("second")
    lost = restored.lost(first.urn)
    assert lost is not None
    assert (lost.id, lost.is_whole) == (first.id, True)


def test_a_state_that_cannot_be_read_makes_nothing_lost(world: World, tmp_path: Path) -> None:
    first: Live = world.driver.create(QUEUE, "orders", {})
    (tmp_path / ".pulumi" / "stacks" / "test" / "test.json").write_text("{")
    world.engine.begin("second")
    assert world.creations.lost(first.urn) is None
