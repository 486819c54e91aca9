"""Rules for EKS clusters and node groups.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html
"""

import re
from typing import Final

from slipway_policies.data.lists import eks_versions
from slipway_policies.engine.registry import (
    ADVISORY,
    HIGH,
    LOW,
    MANDATORY,
    MEDIUM,
    OFF,
    Deferred,
    Finding,
    Outcomes,
    deny,
    rule,
)
from slipway_policies.engine.resources import Resource
from slipway_policies.reading.networks import covers_the_internet, parse_network

CLUSTER = "aws:eks/cluster:Cluster"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
VERSION: Final = re.compile(r"(\d+)\.(\d+)")
OURS = "slipway's EksCluster does so by default"


@rule(
    CLUSTER,
    level=ADVISORY,
    severity=HIGH,
    controls=("FSBP EKS.1", "NIST SC-7"),
    link=f"{CONTROLS}#eks-1",
    fix=f"set vpcConfig.endpointPublicAccess to false and endpointPrivateAccess to true; {OURS}",
)
def eks_endpoint_not_public(cluster: Resource) -> Outcomes:
    """The API of EKS clusters cannot be reached from the internet.

    AWS's control has no exception for named networks. eks-endpoint-cidr, which is mandatory, allows these alone. Where
    nobody may connect from outside, make this rule mandatory too.
    """
    public = cluster["vpcConfig"]["endpointPublicAccess"]
    yield from deny(public, not public.false, "is not false, so the API has an address on the internet")


@rule(
    CLUSTER,
    level=MANDATORY,
    severity=HIGH,
    controls=("FSBP EKS.1",),
    link=f"{CONTROLS}#eks-1",
    fix=f"name the networks that may connect in vpcConfig.publicAccessCidrs; {OURS}",
)
def eks_endpoint_cidr(cluster: Resource) -> Outcomes:
    """A public API of EKS clusters answers named networks only."""
    public, cidrs = cluster["vpcConfig"]["endpointPublicAccess"], cluster["vpcConfig"]["publicAccessCidrs"]
    if public.unknown:
        yield Deferred(public.path)
    if public.unknown or public.false:
        return
    networks = []
    for cidr in cidrs.elements():
        if cidr.unknown:
            yield Deferred(cidr.path)
            return
        network = parse_network(cidr.text())
        if network is None:
            raise cidr.unreadable("a CIDR")
        networks.append(network)
    if not networks or covers_the_internet(networks):
        yield Finding(cidrs.path, "is missing or contains the whole internet")


@rule(
    CLUSTER,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP EKS.3", "NIST SC-28"),
    link=f"{CONTROLS}#eks-3",
    fix=f"set encryptionConfig with a KMS key and resources [secrets]; {OURS}",
)
def eks_secrets_encryption(cluster: Resource) -> Outcomes:
    """EKS clusters encrypt Kubernetes secrets with a KMS key of your own.

    Since Kubernetes 1.28 EKS encrypts all API data with a key of AWS; the control still asks for yours.
    """
    resources = cluster["encryptionConfig"]["resources"]
    named = [element.text() for element in resources.elements()]
    yield from deny(resources, "secrets" not in named, "does not name secrets")


@rule(
    CLUSTER,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP EKS.8", "NIST AU-12"),
    link=f"{CONTROLS}#eks-8",
    fix=f"set enabledClusterLogTypes to {', '.join(LOG_TYPES)}; {OURS}",
    remedy={"enabledClusterLogTypes": list(LOG_TYPES)},
)
def eks_control_plane_logging(cluster: Resource) -> Outcomes:
    """EKS clusters send all logs of their control plane to CloudWatch.

    AWS's control asks for audit only. The other logs show authentication and scheduling.
    """
    types = cluster["enabledClusterLogTypes"]
    elements = list(types.elements())
    unknown = [element for element in elements if element.unknown]
    missing = [kind for kind in LOG_TYPES if kind not in [element.text() for element in elements]]
    yield from deny(unknown[0] if unknown else types, bool(missing), f"lacks {', '.join(missing)}")


@rule(
    CLUSTER,
    level=ADVISORY,
    severity=HIGH,
    controls=("FSBP EKS.2", "NIST SI-2"),
    link=f"{CONTROLS}#eks-2",
    fix="raise version, one minor version at a time; slipway's EksCluster has the argument version",
    settings={
        "minimumVersion": {
            "type": "string",
            "default": eks_versions()["oldest_in_standard_support"],
            "description": "Lowest Kubernetes version; the default is the oldest with standard support in the pack's list.",
        }
    },
)
def eks_supported_version(cluster: Resource) -> Outcomes:
    """EKS clusters run a Kubernetes version in standard support, where an hour costs a sixth of extended support."""
    version, lowest = cluster["version"], VERSION.fullmatch(cluster.config.text("minimumVersion"))
    if lowest is None:
        yield Finding("minimumVersion", "of the policy config is not a version such as 1.33")
        return
    if version.unknown:
        yield Deferred(version.path)
    elif not version.absent:
        given = VERSION.match(version.text())
        if given is None:
            raise version.unreadable("a version such as 1.33")
        old = tuple(map(int, given.groups())) < tuple(map(int, lowest.groups()))
        yield from deny(version, old, f"is below {lowest[0]}")


@rule(
    "aws:eks/nodeGroup:NodeGroup",
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST SC-7",),
    link="https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html",
    fix=(
        "remove remoteAccess and use Session Manager, or name sourceSecurityGroupIds; "
        "either replaces the group; the node groups of slipway's EksCluster take no SSH"
    ),
)
def eks_nodegroup_remote_access(group: Resource) -> Outcomes:
    """Nodes of EKS take SSH from named security groups only; without any, port 22 is open to the internet."""
    access = group["remoteAccess"]
    groups = access["sourceSecurityGroupIds"]
    if access["ec2SshKey"].known_text():
        yield from deny(groups, not list(groups.elements()), "is missing, so SSH is open to the internet")


@rule(
    CLUSTER,
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html",
    fix="set deletionProtection to true; slipway's EksCluster has deletion_protection",
    remedy={"deletionProtection": True},
)
def eks_deletion_protection(cluster: Resource) -> Outcomes:
    """EKS clusters in production are protected against deletion by a single call."""
    protection = cluster["deletionProtection"]
    yield from deny(protection, not protection.true, "is not true")


@rule(
    CLUSTER,
    level=ADVISORY,
    severity=LOW,
    controls=("NIST AC-3",),
    link="https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
    fix=f"set accessConfig.authenticationMode to API; {OURS}",
)
def eks_access_entries(cluster: Resource) -> Outcomes:
    """EKS clusters manage access with access entries in AWS, not with the aws-auth config map."""
    mode = cluster["accessConfig"]["authenticationMode"]
    yield from deny(mode, mode.text() == "CONFIG_MAP", "is CONFIG_MAP")
