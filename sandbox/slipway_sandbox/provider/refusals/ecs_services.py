"""ECS's refusals of new and changed services.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
"""

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks, text, texts
from slipway_sandbox.provider.protocol.wire import Value
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.ecs_tasks import is_in_ecr
from slipway_sandbox.provider.refusals.rule import Refusal
from slipway_sandbox.registry import repositories


def definition(scope: Scope) -> dict[str, Value]:
    """The service's task definition; empty without one. moto itself refuses an unknown one."""
    name = scope.inputs.get("taskDefinition")
    call = ("ecs", "describe_task_definition", "ClientException")
    reply = lookups.optional(scope, *call, taskDefinition=name) if name else None
    return block(reply, "taskDefinition") if reply else {}


def no_network(scope: Scope) -> str | None:
    """A service of tasks in network mode awsvpc without network configuration."""
    if scope.inputs.get("networkConfiguration") or definition(scope).get("networkMode") != "awsvpc":
        return None
    return "Network Configuration must be provided when networkMode 'awsvpc' is specified."


def group_of_another_vpc(scope: Scope) -> str | None:
    """A security group outside of the VPC of the service's subnets."""
    network = block(scope.inputs, "networkConfiguration")
    return lookups.foreign_group(scope, texts(network, "subnets"), texts(network, "securityGroups"))


def not_for_fargate(scope: Scope) -> str | None:
    """A service on Fargate with a task definition for EC2."""
    task_definition = definition(scope) if scope.inputs.get("launchType") == "FARGATE" else {}
    if not task_definition or "FARGATE" in texts(task_definition, "requiresCompatibilities"):
        return None
    return "Task definition does not support launch_type FARGATE."


def launch_type_and_strategy(scope: Scope) -> str | None:
    """A service with both a launch type and a capacity provider strategy."""
    if scope.inputs.get("launchType") and scope.inputs.get("capacityProviderStrategies"):
        return (
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    return None


def foreign_capacity_provider(scope: Scope) -> str | None:
    """A capacity provider outside of the cluster's."""
    strategies = blocks(scope.inputs, "capacityProviderStrategies")
    wanted = {text(strategy, "capacityProvider") for strategy in strategies}
    cluster = scope.inputs.get("cluster") or "default"
    clusters = blocks(scope.call("describe_clusters", clusters=[cluster]), "clusters") if wanted else []
    if not clusters or wanted <= set(texts(clusters[0], "capacityProviders")):
        return None
    return (
        "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the "
        "cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
    )


def grace_without_balancer(scope: Scope) -> str | None:
    """A grace period for health checks without a load balancer."""
    if scope.inputs.get("loadBalancers") or not scope.inputs.get("healthCheckGracePeriodSeconds"):
        return None
    return "Health check grace period is only valid for services configured to use load balancers"


def unknown_container(scope: Scope) -> str | None:
    """A load balancer for a container or port outside of the task definition."""
    balancers = blocks(scope.inputs, "loadBalancers")
    containers = blocks(definition(scope), "containerDefinitions") if balancers else []
    ports = {
        text(container, "name"): [mapping.get("containerPort") for mapping in blocks(container, "portMappings")]
        for container in containers
    }
    for balancer in balancers if containers else []:
        name, port = text(balancer, "containerName"), balancer["containerPort"]
        if name not in ports:
            return f"The container {name} does not exist in the task definition."
        if port not in ports[name]:
            return f"The container {name} did not have a container port {port} defined."
    return None


def _groups(scope: Scope) -> list[dict[str, Value]]:
    balancers = blocks(scope.inputs, "loadBalancers")
    arns = [text(balancer, "targetGroupArn") for balancer in balancers if balancer.get("targetGroupArn")]
    if not arns:
        return []
    call = ("elbv2", "describe_target_groups", "TargetGroupNotFound")
    return blocks(lookups.optional(scope, *call, TargetGroupArns=arns) or {}, "TargetGroups")


def group_without_balancer(scope: Scope) -> str | None:
    """A target group without a listener."""
    for group in _groups(scope):
        if not group["LoadBalancerArns"]:
            return f"The target group with targetGroupArn {group['TargetGroupArn']} does not have an associated load balancer."
    return None


def group_of_instances(scope: Scope) -> str | None:
    """A target group of instances for tasks with addresses of their own."""
    groups = [group for group in _groups(scope) if group["TargetType"] != "ip"]
    if not groups or definition(scope).get("networkMode") != "awsvpc":
        return None
    return (
        f"The provided target group {groups[0]['TargetGroupArn']} has target type {groups[0]['TargetType']}, which is "
        "incompatible with the awsvpc network mode specified in the task definition."
    )


def image_without_push(scope: Scope) -> str | None:
    """Tasks with an image missing from its ECR repository."""
    if scope.inputs.get("desiredCount") == 0:
        return None
    for container in blocks(definition(scope), "containerDefinitions"):
        image = text(container, "image")
        repository, _, rest = image.partition("/")[2].partition("@")
        repository, _, tag = repository.partition(":")
        name = rest or tag or "latest"
        if is_in_ecr(scope, image) and repositories.digest(scope.cloud.registry, repository, name) is None:
            return f"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found"
    return None


TOKEN = "aws:ecs/service:Service"  # noqa: S105 - a type
CALL = (TOKEN, "CreateService", "InvalidParameterException")
REFUSALS = (
    Refusal(*CALL, "networkConfiguration taskDefinition", no_network, "set networkConfiguration with subnets"),
    Refusal(*CALL, "networkConfiguration", group_of_another_vpc, "take both from one VPC"),
    Refusal(*CALL, "launchType taskDefinition", not_for_fargate, "set requiresCompatibilities to FARGATE there"),
    Refusal(
        *CALL, "capacityProviderStrategies launchType", launch_type_and_strategy, "the strategy says it all", plain=True
    ),
    Refusal(
        *CALL,
        "capacityProviderStrategies",
        foreign_capacity_provider,
        "declare it in ClusterCapacityProviders and let the service depend on that",
    ),
    Refusal(
        *CALL,
        "healthCheckGracePeriodSeconds loadBalancers",
        grace_without_balancer,
        "leave it out",
        plain=True,
    ),
    Refusal(*CALL, "loadBalancers taskDefinition", unknown_container, "add it to portMappings in containerDefinitions"),
    Refusal(
        *CALL,
        "loadBalancers",
        group_without_balancer,
        "let the service depend on the listener that sends to it",
        patient=True,
    ),
    Refusal(*CALL, "loadBalancers taskDefinition", group_of_instances, "set targetType to ip"),
    Refusal(
        TOKEN,
        "CreateService",
        "CannotPullContainerError",
        "taskDefinition desiredCount",
        image_without_push,
        "push it first; a docker.Image does, and its repoDigest is what to run",
    ),
)
