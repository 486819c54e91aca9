"""EC2 pieces of bastions, hosts and NAT instances: hardened instances, their roles and their Elastic IPs."""

from ._elastic_ips import check_allocation_id, elastic_ip
from ._instance import (
    ROOT_VOLUME_GIB,
    SSH,
    USER,
    InstanceSpec,
    Placement,
    check_instance_type,
    hardened_instance,
    instance_spec,
    instance_type,
    is_arm,
)
from ._session_profile import session_profile

__all__ = [
    "ROOT_VOLUME_GIB",
    "SSH",
    "USER",
    "InstanceSpec",
    "Placement",
    "check_allocation_id",
    "check_instance_type",
    "elastic_ip",
    "hardened_instance",
    "instance_spec",
    "instance_type",
    "is_arm",
    "session_profile",
]
