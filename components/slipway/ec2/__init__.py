"""What bastions, hosts and NAT instances share: hardened instances and their Elastic IPs."""

from ._elastic_ips import check_allocation_id, elastic_ip
from ._instance import (
    INSTANCE_TYPE,
    ROOT_VOLUME_GIB,
    SSH,
    USER,
    Machine,
    check_user_data,
    hardened_instance,
    session_profile,
    type_name,
)

__all__ = [
    "INSTANCE_TYPE",
    "ROOT_VOLUME_GIB",
    "SSH",
    "USER",
    "Machine",
    "check_allocation_id",
    "check_user_data",
    "elastic_ip",
    "hardened_instance",
    "session_profile",
    "type_name",
]
