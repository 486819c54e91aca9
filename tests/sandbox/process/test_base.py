"""What is AWS's own is saved once: a save names it, and has only what is the user's."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.ec2.models import ec2_backends

from slipway_sandbox.process.saving import pickling, snapshot
from slipway_sandbox.process.saving.base import Base

REGION = "eu-west-1"


@pytest.fixture
def ec2() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("ec2", REGION, aws_access_key_id="test", aws_secret_access_key="test")
        client.describe_images()
        yield client
        client.close()


def backend() -> Any:
    return ec2_backends["123456789012"][REGION]


def read_back(base: Base) -> dict[str, Any]:
    """The attributes of EC2's backend, saved and read again."""
    own: Any = pickling.from_bytes(base.content, [])
    saved: Any = pickling.from_bytes(snapshot.dump(base, []), own)
    return next(
        attributes
        for service, _, backends in saved[0]
        for _, region, _, attributes in backends
        if (service, region) == ("ec2", REGION)
    )


def test_what_joins_the_images_and_snapshots_of_aws_is_saved_beside_them(ec2: Any) -> None:
    base = Base()
    empty = len(snapshot.dump(base, []))
    assert empty < len(base.content) / 20, "no image of AWS is named one by one"
    volume = ec2.create_volume(Size=1, AvailabilityZone=f"{REGION}a")["VolumeId"]
    mine = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = ec2.register_image(Name="mine", RootDeviceName="/dev/xvda")["ImageId"]
    again = read_back(base)
    assert list(again["snapshots"]) == list(backend().snapshots)
    assert again["snapshots"][mine].volume.id == volume
    assert list(again["amis"]) == list(backend().amis)
    assert again["amis"][image].name == "mine"


def test_an_image_of_aws_that_has_changed_is_saved_as_it_is(ec2: Any) -> None:
    base = Base()
    first, second, *_ = backend().amis.values()
    assert base.is_current
    first.description = "another"
    assert not base.is_current
    again = read_back(base)
    assert again["amis"][first.id].description == "another"
    assert again["amis"][second.id].description == second.description
    assert list(again["amis"]) == list(backend().amis)


def test_an_image_of_aws_that_was_removed_does_not_come_back(ec2: Any) -> None:
    base = Base()
    gone = next(iter(backend().amis))
    ec2.deregister_image(ImageId=gone)
    assert gone not in backend().amis
    assert not base.is_current
    assert list(read_back(base)["amis"]) == list(backend().amis)
