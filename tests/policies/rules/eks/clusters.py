"""Cases of the rules in `eks.clusters`: EKS."""

from slipway_policies.rules.eks.clusters import LOG_TYPES
from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import EKS, FALSE_OR_ABSENT, TRUE_VALUES, Case, at, failing_with

PUBLIC_API = "vpcConfig.endpointPublicAccess"


def api(public: object, *cidrs: str) -> dict[str, object]:
    """An EKS cluster with this access to its API."""
    return {"vpcConfig": {"endpointPublicAccess": public, "publicAccessCidrs": list(cidrs)}}


LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"

CASES: list[Case] = [
    at("eks-endpoint-not-public", EKS, PUBLIC_API, passes=[False], fails=[None, True]),
    Case(
        rule="eks-endpoint-cidr",
        kind=EKS,
        passes=[api(False), api(True, "203.0.113.0/24"), api(None, "0.0.0.0/1")],
        fails=[
            ({}, ["vpcConfig.publicAccessCidrs"]),
            (api(True), ["vpcConfig.publicAccessCidrs"]),
            (api(True, "0.0.0.0/1", "128.0.0.0/1"), ["vpcConfig.publicAccessCidrs"]),
            (api(True, "everywhere"), ["vpcConfig.publicAccessCidrs[0] is not a CIDR"]),
        ],
        waits=[{"vpcConfig": UNKNOWN}, api(True, UNKNOWN)],
    ),
    at("eks-secrets-encryption", EKS, "encryptionConfig.resources", passes=[["secrets"]], fails=[None, [], ["other"]]),
    at(
        "eks-control-plane-logging",
        EKS,
        "enabledClusterLogTypes",
        passes=[list(LOG_TYPES)],
        fails=[None, [], ["api", "audit"]],
    ),
    at("eks-supported-version", EKS, "version", passes=[None, "1.33", "1.40"], fails=["1.9", "1.29", "1.31"]),
    Case(
        rule="eks-supported-version",
        kind=EKS,
        passes=[{"version": "1.30"}],
        fails=[({"version": "1.29"}, ["version is below 1.30"]), ({"version": "latest"}, ["version is not a version"])],
        waits=[{"version": UNKNOWN}],
        config={"minimumVersion": "1.30"},
    ),
    Case(
        rule="eks-nodegroup-remote-access",
        kind="aws:eks/nodeGroup:NodeGroup",
        passes=[{}, {"remoteAccess": {}}, {"remoteAccess": {"ec2SshKey": "key", "sourceSecurityGroupIds": ["sg-1"]}}],
        fails=[
            ({"remoteAccess": {"ec2SshKey": "key"}}, ["remoteAccess.sourceSecurityGroupIds"]),
            (
                {"remoteAccess": {"ec2SshKey": "key", "sourceSecurityGroupIds": []}},
                ["remoteAccess.sourceSecurityGroupIds"],
            ),
        ],
        waits=[{"remoteAccess": UNKNOWN}, {"remoteAccess": {"ec2SshKey": "key", "sourceSecurityGroupIds": UNKNOWN}}],
    ),
    at("eks-deletion-protection", EKS, "deletionProtection", passes=[True], fails=[None, False]),
    at(
        "eks-access-entries",
        EKS,
        "accessConfig.authenticationMode",
        passes=[None, "API", "API_AND_CONFIG_MAP"],
        fails=["CONFIG_MAP"],
    ),
    at("eks-deletion-protection", EKS, "deletionProtection", passes=TRUE_VALUES, fails=FALSE_OR_ABSENT, name=None),
    at(
        "eks-endpoint-not-public",
        EKS,
        "vpcConfig.endpointPublicAccess",
        passes=[False, "false"],
        fails=[True, None, "true"],
        name=None,
    ),
    at(
        "eks-access-entries",
        EKS,
        "accessConfig.authenticationMode",
        passes=["API_AND_CONFIG_MAP"],
        fails=["CONFIG_MAP"],
        name="a",
    ),
    at(
        "eks-access-entries",
        EKS,
        "accessConfig.authenticationMode",
        passes=["API"],
        fails=["CONFIG_MAP"],
        version="1.35",
    ),
    failing_with(
        "eks-secrets-encryption",
        EKS,
        passes=[
            {"encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": key}}} for key in ("arn:a", "arn:b")
        ],
        fails=[({"encryptionConfig": None}, "encryptionConfig.resources")],
    ),
    failing_with(
        "eks-control-plane-logging",
        EKS,
        passes=[{"enabledClusterLogTypes": LOGS[::-1]}, {"enabledClusterLogTypes": [*LOGS, "another"]}],
        fails=[({"enabledClusterLogTypes": LOGS[:4]}, "enabledClusterLogTypes lacks scheduler")],
    ),
    failing_with(
        "eks-nodegroup-remote-access",
        NODE_GROUP,
        passes=[{"remoteAccess": {"ec2SshKey": "a", "sourceSecurityGroupIds": ["sg-1"]}}],
        fails=[
            (
                {"remoteAccess": {"ec2SshKey": "a", "sourceSecurityGroupIds": None}},
                "remoteAccess.sourceSecurityGroupIds",
            )
        ],
    ),
]
