"""EC2: ModifyInstanceMetadataOptions.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html
"""

from collections.abc import Callable

from moto.ec2.models.instances import InstanceBackend, MetadataOptions

from slipway_sandbox.corrections._decorator import corrects

MEMBERS = {
    "http_tokens": "http_tokens",
    "hop_limit": "http_put_response_hop_limit",
    "http_endpoint": "http_endpoint",
    "http_protocol": "http_protocol_ipv6",
    "metadata_tags": "instance_metadata_tags",
}
"""Arguments of moto to its options."""


@corrects(
    InstanceBackend.modify_instance_metadata_options,
    why="moto forgets the options that the call does not name; EC2 keeps them.",
)
def modify_instance_metadata_options(
    original: Callable[..., MetadataOptions], self: InstanceBackend, instance_id: str, **changes: object
) -> MetadataOptions:
    present = self.get_instance(instance_id).metadata_options
    kept = {name: getattr(present, member) for name, member in MEMBERS.items() if changes.get(name) is None}
    return original(self, instance_id, **{**changes, **kept})
