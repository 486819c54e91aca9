"""The address 169.254.170.2 on this machine, where SDKs in containers look for credentials.

It is the gateway of a Docker network without containers: every container reaches it by its default route. All sandboxes of this machine
share the network, each with its own port.
"""

import logging
import threading

import docker
from docker.errors import DockerException
from docker.types import IPAMConfig, IPAMPool

ADDRESS, SUBNET = "169.254.170.2", "169.254.170.0/30"
NETWORK = "slipway-credentials"

log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()


def link_local_address(client: docker.DockerClient) -> str:
    """The address, made where it is not there; empty where Docker cannot make it."""
    with _one_at_a_time:
        try:
            if not client.networks.list(names=[f"^{NETWORK}$"]):
                pool = IPAMPool(subnet=SUBNET, gateway=ADDRESS)
                client.networks.create(NETWORK, ipam=IPAMConfig(pool_configs=[pool]))
        except DockerException as error:
            if not client.networks.list(names=[f"^{NETWORK}$"]):  # another sandbox has not made it meanwhile either
                log.warning("no address %s: %s; tasks get their credentials as variables", ADDRESS, error)
                return ""
    return ADDRESS
