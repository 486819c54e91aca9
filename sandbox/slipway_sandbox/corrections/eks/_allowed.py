"""What EKS refuses of a cluster's settings: half an Auto Mode, two kinds of update at once, other zones.

Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html
Source: https://github.com/aws/containers-roadmap/issues/2258
"""

from collections.abc import Mapping, Sequence

from moto.ec2.models import EC2Backend
from moto.eks.exceptions import InvalidParameterException
from moto.eks.models import Cluster

from slipway_sandbox.corrections.eks._calls import Asked

AUTO_MODE = {
    "computeConfig": ("enabled",),
    "kubernetesNetworkConfig": ("elasticLoadBalancing", "enabled"),
    "storageConfig": ("blockStorage", "enabled"),
}
"""Member of the calls to the path of its switch."""
OF_VPC = {"subnetIds": "VpcConfigUpdate", "securityGroupIds": "VpcConfigUpdate"}
HALF = (
    "For EKS Auto Mode, please ensure that all required configs, including computeConfig, kubernetesNetworkConfig, and "
    "blockStorage are all either fully enabled or fully disabled."
)
NO_POOLS = "When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided."
TWO_KINDS = "Only one type of update can be allowed."


def check_auto_mode(name: str, asked: Asked, *, is_new: bool) -> None:
    """Refuse half an Auto Mode; an update names all three parts or none. Raises moto's InvalidParameterException."""
    switches = {member: _at(asked.get(member), path) for member, path in AUTO_MODE.items()}
    is_update = not is_new and any(member in asked for member in AUTO_MODE)
    if len({bool(switch) for switch in switches.values()}) > 1 or (is_update and None in switches.values()):
        raise InvalidParameterException(clusterName=name, message=HALF)
    if _at(asked.get("computeConfig"), ("nodeRoleArn",)) and not _at(asked.get("computeConfig"), ("nodePools",)):
        raise InvalidParameterException(clusterName=name, message=NO_POOLS)


def check_one_kind(name: str, changed: Mapping[str, object]) -> None:
    """Refuse two kinds of update in one call. Raises moto's InvalidParameterException."""
    network = changed.get("resourcesVpcConfig")
    kinds = {
        "AutoModeUpdate" if member in AUTO_MODE else member for member in changed if member != "resourcesVpcConfig"
    }
    if isinstance(network, Mapping):
        kinds |= {OF_VPC.get(member, "EndpointAccessUpdate") for member in network}
    if len(kinds) > 1:
        raise InvalidParameterException(clusterName=name, message=TWO_KINDS)


def check_zones(ec2: EC2Backend, cluster: Cluster, subnet_ids: Sequence[str]) -> None:
    """Refuse subnets of other zones than those of the creation. Raises moto's InvalidParameterException."""
    before, after = (_zones(ec2, ids) for ids in (cluster.resources_vpc_config["subnetIds"], subnet_ids))
    if before != after:
        message = (
            f"Provided subnets belong to the AZs '{','.join(after)}'. But they should belong to the exact set of AZs "
            f"'{','.join(before)}' in which subnets were provided during cluster creation."
        )
        raise InvalidParameterException(clusterName=cluster.name, message=message)


def _zones(ec2: EC2Backend, subnet_ids: Sequence[str]) -> list[str]:
    return sorted({str(subnet.availability_zone) for subnet in ec2.describe_subnets(subnet_ids=list(subnet_ids))})


def _at(value: object, path: Sequence[str]) -> object:
    for member in path:
        value = value.get(member) if isinstance(value, Mapping) else None
    return value
