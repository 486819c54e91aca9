"""Look-ups: a cluster, and a token for it."""

import base64

from botocore.credentials import Credentials
from botocore.model import ServiceId
from botocore.signers import RequestSigner

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws import lifecycle
from slipway_sandbox.provider.aws.declaration import Function
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.readers import block, text
from slipway_sandbox.provider.protocol.wire import Properties

TOKEN_SECONDS = 60
LISTS = {
    "accessConfig": "accessConfigs",
    "certificateAuthority": "certificateAuthorities",
    "computeConfig": "computeConfigs",
    "controlPlaneScalingConfig": "controlPlaneScalingConfigs",
    "kubernetesNetworkConfig": "kubernetesNetworkConfigs",
    "outpostConfig": "outpostConfigs",
    "remoteNetworkConfig": "remoteNetworkConfigs",
    "storageConfig": "storageConfigs",
    "upgradePolicy": "upgradePolicies",
    "zonalShiftConfig": "zonalShiftConfigs",
}


def get_cluster(scope: Scope) -> Properties:
    """The cluster by name; the SDK's result has each of its blocks in a list."""
    scope.id = text(scope.inputs, "name")
    declaration = services.resource("aws:eks/cluster:Cluster")
    reply = block(scope.call("describe_cluster", name=scope.id), "cluster")
    outputs = lifecycle.actual(declaration, scope, reply)
    lists = {name: [outputs[single]] if outputs.get(single) else [] for single, name in LISTS.items()}
    return {**outputs, **lists, "id": scope.id, "tags": reply.get("tags", {})}


def get_cluster_auth(scope: Scope) -> Properties:
    """A token for the cluster's API: a URL of STS, signed for the cluster's name.

    Source: https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
    """
    name = text(scope.inputs, "name")
    events = scope.cloud.client.client("sts", scope.region).meta.events
    keys = scope.settings.identity.caller.keys()
    credentials = Credentials(keys.key_id, keys.secret_key, keys.token or None)
    signer = RequestSigner(ServiceId("STS"), scope.region, "sts", "v4", credentials, events)
    request = {
        "method": "GET",
        "url": f"https://sts.{scope.region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": name},
        "context": {},
    }
    url = signer.generate_presigned_url(
        request, region_name=scope.region, expires_in=TOKEN_SECONDS, operation_name="GetCallerIdentity"
    )
    token = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return {"id": name, "name": name, "token": wire.Secret(f"k8s-aws-v1.{token}")}


FUNCTIONS = (
    Function("aws:eks/getCluster:getCluster", "eks", get_cluster),
    Function("aws:eks/getClusterAuth:getClusterAuth", "eks", get_cluster_auth),
)
