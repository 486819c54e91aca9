"""Clusters and their capacity providers."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Function, Resource, Tags, Template, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties import mapping, sdk
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import blocks
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.services.lookup import shaped

TAGS = Tags(
    add=Call("tag_resource", {"resourceArn": "{arn}"}),
    remove=Call("untag_resource", {"resourceArn": "{arn}"}),
)
DESCRIBE = Call(
    "describe_clusters",
    {"clusters": ["{id}"], "include": ["CONFIGURATIONS", "SETTINGS", "TAGS"]},
    reply="clusters[0]",
)
PROVIDERS: dict[str, Template] = {  # ECS wants both lists in each call
    "capacityProviders": lambda scope: scope.inputs.get("capacityProviders") or [],
    "defaultCapacityProviderStrategy": lambda scope: scope.inputs.get("defaultCapacityProviderStrategies") or [],
}


def get_cluster(scope: Scope) -> Properties:
    """The cluster by name or ARN."""
    name = scope.inputs["clusterName"]
    clusters = blocks(scope.call("describe_clusters", clusters=[name], include=["SETTINGS", "TAGS"]), "clusters")
    if not clusters or clusters[0]["status"] != "ACTIVE":
        raise ProviderError(f"there is no active cluster {name!r} in {scope.region}")
    cluster = clusters[0]
    return {
        "id": cluster["clusterArn"],
        "arn": cluster["clusterArn"],
        "clusterName": cluster["clusterName"],
        "status": cluster["status"],
        "pendingTasksCount": cluster["pendingTasksCount"],
        "runningTasksCount": cluster["runningTasksCount"],
        "registeredContainerInstancesCount": cluster["registeredContainerInstancesCount"],
        "serviceConnectDefaults": [default] if (default := cluster.get("serviceConnectDefaults")) else [],
        "settings": cluster.get("settings", []),
        "tags": mapping.as_map(cluster.get("tags", [])),
    }


def get_service(scope: Scope) -> Properties:
    """The service by cluster and name, with its deployments and events."""
    name, cluster = scope.inputs["serviceName"], scope.inputs["clusterArn"]
    services = blocks(scope.call("describe_services", cluster=cluster, services=[name], include=["TAGS"]), "services")
    if not services or services[0]["status"] == "INACTIVE":
        # The provider's words: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/tfresource/not_found_error.go
        raise ProviderError("no matching ECS Service found")
    service = services[0]
    names = Names("Service", {"networkConfigurations": "networkConfiguration.awsvpcConfiguration"})
    values = mapping.from_reply(sdk.properties(sdk.result_class("ecs", "GetServiceResult")), service, names)
    return shaped(scope, "ecs.GetServiceResult", {**values, "id": service["serviceArn"]})


RESOURCES = (
    Resource(
        "aws:ecs/cluster:Cluster",
        "ecs",
        create=Call("create_cluster", reply="cluster"),
        id="clusterArn",
        read=(DESCRIBE,),
        updates=(Update("configuration serviceConnectDefaults settings", Call("update_cluster", {"cluster": "{id}"})),),
        delete=Call("delete_cluster", {"cluster": "{id}"}),
        tags=TAGS,
        autoname=Autoname(),
        immutable={"a cluster keeps its name": "name"},
        gone="status=='INACTIVE'",
    ),
    Resource(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        "ecs",
        create=Call("put_cluster_capacity_providers", PROVIDERS),
        id="{clusterName}",
        read=(DESCRIBE,),
        updates=(
            Update(
                "capacityProviders defaultCapacityProviderStrategies",
                Call("put_cluster_capacity_providers", {"cluster": "{id}", **PROVIDERS}),
            ),
        ),
        delete=lambda scope: scope.call(
            "put_cluster_capacity_providers", cluster=scope.id, capacityProviders=[], defaultCapacityProviderStrategy=[]
        ),
        names={"clusterName": "cluster"},
        reads={"clusterName": "clusterName"},
        immutable={"they belong to one cluster": "clusterName"},
        gone="status=='INACTIVE'",
    ),
)
FUNCTIONS = (
    Function("aws:ecs/getCluster:getCluster", "ecs", get_cluster),
    Function("aws:ecs/getService:getService", "ecs", get_service),
)
