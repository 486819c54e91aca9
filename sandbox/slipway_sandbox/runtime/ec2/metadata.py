"""The metadata of an EC2 instance, as categories and values.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html#instancedata-data-categories
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

from moto.core.types import Base64EncodedString
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance

Tree: TypeAlias = "Mapping[str, Tree | str | Callable[[], str]]"
"""Name to value, to what makes the value, or to further names."""
VERSION = "latest"


def tree_of(instance: Instance, identity: Tree) -> Tree:
    """Everything that an instance may read of itself. `identity` is the branch `iam`."""
    tree: dict[str, Tree | str | Callable[[], str]] = {
        "meta-data": _present(_meta_data(instance, identity)),
        "dynamic": {"instance-identity": {"document": lambda: _identity_document(instance)}},
    }
    if isinstance(instance.user_data, Base64EncodedString):
        # A byte for a character: user data may be no text.
        tree["user-data"] = base64.b64decode(instance.user_data.as_bytes()).decode("latin-1")
    return {VERSION: tree}


def value(tree: Tree, path: str) -> str | None:
    """The value at a path, or the names below it with a line each; None where there is nothing.

    >>> value({"latest": {"meta-data": {"mac": "02:00", "placement": {"region": "eu-west-1"}}}}, "/latest/meta-data/")
    'mac\\nplacement/'
    """
    node: Tree | str | Callable[[], str] | None = tree
    for name in filter(None, path.split("/")):
        node = node.get(name) if isinstance(node, Mapping) else None
    if isinstance(node, Mapping):
        return "\n".join(f"{name}/" if isinstance(below, Mapping) else name for name, below in sorted(node.items()))
    return node() if callable(node) else node


def _meta_data(instance: Instance, identity: Tree) -> Tree:
    primary, public = instance.nics[0], instance.public_ip or ""
    zone = str(instance.availability_zone)
    return {
        "ami-id": instance.image_id,
        "ami-launch-index": str(instance.ami_launch_index),
        "hostname": str(instance.private_dns_name),
        "iam": identity,
        "instance-id": instance.id,
        "instance-type": instance.instance_type,
        "local-hostname": str(instance.private_dns_name),
        "local-ipv4": str(instance.private_ip),
        "mac": primary.mac_address,
        "network": {"interfaces": {"macs": {nic.mac_address: _interface(nic) for nic in instance.nics.values()}}},
        "placement": {"availability-zone": zone, "region": instance.ec2_backend.region_name},
        "public-ipv4": public,
        "security-groups": "\n".join(group.name for group in primary.group_set),
        "services": {"domain": "amazonaws.com", "partition": "aws"},
        "tags": {"instance": _tags(instance)},
    }


def _interface(nic: NetworkInterface) -> Tree:
    vpc = nic.ec2_backend.get_vpc(nic.subnet.vpc_id)
    return _present({
        "device-number": str(nic.device_index),
        "interface-id": nic.id,
        "local-ipv4s": str(nic.private_ip_address),
        "mac": nic.mac_address,
        "owner-id": nic.ec2_backend.account_id,
        "public-ipv4s": nic.public_ip or "",
        "security-group-ids": "\n".join(group.id for group in nic.group_set),
        "security-groups": "\n".join(group.name for group in nic.group_set),
        "subnet-id": nic.subnet.id,
        "subnet-ipv4-cidr-block": nic.subnet.cidr_block,
        "vpc-id": nic.subnet.vpc_id,
        "vpc-ipv4-cidr-block": vpc.cidr_block if vpc else "",
    })  # fmt: skip


def _tags(instance: Instance) -> Tree:
    if instance.metadata_options.instance_metadata_tags != "enabled":
        return {}
    return {str(tag["key"]): str(tag["value"]) for tag in instance.get_tags()}


def _present(tree: Tree) -> Tree:
    """Without empty values and branches, which AWS does not show."""
    pruned = {name: _present(below) if isinstance(below, Mapping) else below for name, below in tree.items()}
    return {name: below for name, below in pruned.items() if below}


def _identity_document(instance: Instance) -> str:
    document = {
        "accountId": instance.owner_id,
        "architecture": instance.architecture,
        "availabilityZone": instance.availability_zone,
        "billingProducts": None,
        "devpayProductCodes": None,
        "imageId": instance.image_id,
        "instanceId": instance.id,
        "instanceType": instance.instance_type,
        "kernelId": None,
        "marketplaceProductCodes": None,
        "pendingTime": instance.launch_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "privateIp": instance.private_ip,
        "ramdiskId": None,
        "region": instance.ec2_backend.region_name,
        "version": "2017-09-30",
    }
    return json.dumps(document, indent=2)
