"""An ECS service from its plan: task definition, security group, front, the service, its scaling and its verdict.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ecs

from slipway.common import ANYWHERE, HTTPS, Context, Gate, closed_group
from slipway.deployment import Deployment, verdict
from slipway.hooks import ImageNeeds, checked_image, others_named
from slipway.load_balancing import ListenerPlan, error_alarm
from slipway.run_before import before_roll_out
from slipway.task import Task, task

from ._capacity import ON_DEMAND, strategies
from ._front import Front, OwnLoadBalancer, own_front
from ._peers import open_to_peers
from ._roll_out import RollOut
from ._scaling import scale
from ._service_args import FargateServiceArgs
from ._service_plan import ServicePlan
from ._shared_listener import SharedListener, shared_front


@dataclass(frozen=True)
class Service:
    """Outputs of a service."""

    url: pulumi.Output[str | None]
    service_name: pulumi.Output[str]
    task_definition_arn: pulumi.Output[str]
    task_role_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    load_balancer_security_group_id: pulumi.Output[str | None]
    target_group_arn: pulumi.Output[str | None]


@dataclass(frozen=True)
class Surroundings:
    """The resources that an ECS service refers to."""

    task: Task
    gate: Gate
    """Security group of the tasks."""
    front: Front | None


def planned_service(
    plan: ServicePlan, inputs: FargateServiceArgs, opts: pulumi.ResourceOptions | None = None
) -> Service:
    """Make a FargateService inside another component, such as a QueueWorker, from a plan that it has checked.

    `inputs` are the service's arguments in the stack's state.
    """
    component = pulumi.ComponentResource("slipway:index:FargateService", plan.workload.name, dict(inputs), opts)
    return build_service(component, plan)


def build_service(component: pulumi.ComponentResource, plan: ServicePlan) -> Service:
    """Make the children of a FargateService and register its outputs."""
    name = plan.workload.name
    child = pulumi.ResourceOptions(parent=component)
    context = Context(f"FargateService {name!r}", name, plan.tags, child)
    for warning in plan.warnings:
        pulumi.log.warn(warning, resource=component)
    app_protocol = plan.connect.app_protocol if plan.connect else None
    tasks = task(context, plan.workload, plan.port, app_protocol)
    gate = closed_group(name, plan.placement.vpc_id, "Tasks of an ECS service", plan.tags, child)
    gate.let_out("https", (HTTPS, HTTPS), "HTTPS, which AWS and the registries speak", ANYWHERE)
    open_to_peers(gate, plan.port, plan.peers)
    around = Surroundings(tasks, gate, front_of(context, plan, gate))
    service = ecs_service(context, plan, around)
    if plan.scaling is not None:
        scale(context, plan.scaling, plan.placement.cluster_arn, service, around.front)
    if not plan.roll_out.without_verdict:
        deployment = Deployment(
            service=service,
            container=plan.workload.main.name,
            log_group=around.task.log_group_name,
            target_group_arns=[group.arn for group in around.front.target_groups] if around.front else [],
            timeout_seconds=plan.roll_out.timeout_seconds,
            role_arn=plan.roll_out.verdict_role_arn,
        )
        verdict(context, deployment)
    outputs = outputs_of(service, around)
    component.register_outputs(
        {
            "url": outputs.url,
            "serviceName": outputs.service_name,
            "taskDefinitionArn": outputs.task_definition_arn,
            "taskRoleArn": outputs.task_role_arn,
            "logGroupName": outputs.log_group_name,
            "securityGroupId": outputs.security_group_id,
            "loadBalancerSecurityGroupId": outputs.load_balancer_security_group_id,
            "targetGroupArn": outputs.target_group_arn,
        }
    )
    return outputs


def front_of(context: Context, plan: ServicePlan, tasks: Gate) -> Front | None:
    """Make the front of a service; None for a service without one."""
    if plan.front is None:
        return None
    sender, targets, vpc_id = plan.front.sender, plan.front.targets, plan.placement.vpc_id
    if isinstance(sender, ListenerPlan):
        return shared_front(context, SharedListener(sender, targets), vpc_id, tasks)
    boundary = plan.workload.permissions_boundary_arn
    return own_front(context, OwnLoadBalancer(sender, targets, plan.roll_out.strategy, boundary), vpc_id, tasks)


def ecs_service(context: Context, plan: ServicePlan, around: Surroundings) -> ecs.Service:
    """Make the ECS service once its grants, its ways in the network, its front and a fitting image are there."""
    front, roll_out, spot = around.front, plan.roll_out, plan.spot_percent
    own_alarms = error_alarms(context, roll_out, front)
    owner = plan.workload.port_owner(plan.port)
    awaited = [*around.task.grants, *image_checks(context, plan), *around.gate.rules, *(front.awaited if front else [])]
    options = pulumi.ResourceOptions(
        depends_on=awaited,
        ignore_changes=["desiredCount"] if plan.keeps_scaled_count else None,
        hooks=hooks(context, plan, around.task.log_group_name),
    )
    return ecs.Service(
        context.name,
        cluster=plan.placement.cluster_arn,
        task_definition=awaited_definition(plan, around.task.definition.arn),
        launch_type=None if spot else ON_DEMAND,
        capacity_provider_strategies=strategies(spot) if spot else None,
        # Without it, the AWS provider replaces a service with another Spot share.
        force_new_deployment=True if spot else None,
        desired_count=plan.desired_count,
        network_configuration={
            "subnets": plan.placement.subnet_ids,
            "security_groups": [around.gate.group_id, *plan.placement.additional_security_group_ids],
            "assign_public_ip": False,
        },
        load_balancers=[front.registration(owner)] if front else None,
        service_connect_configuration=plan.connect.configuration(around.task.log) if plan.connect else None,
        health_check_grace_period_seconds=plan.grace_seconds if front else None,
        alarms=roll_out.strategy.alarms(own_alarms),
        deployment_configuration=roll_out.strategy.configuration(),
        deployment_circuit_breaker={"enable": True, "rollback": True},
        deployment_minimum_healthy_percent=roll_out.minimum_healthy_percent,
        deployment_maximum_percent=roll_out.maximum_percent,
        # The verdict waits in place of the AWS provider: it shows progress, and fails after a rollback.
        wait_for_steady_state=roll_out.without_verdict,
        # Without a verdict, an interrupted update goes back to the old tasks.
        sigint_rollback=roll_out.without_verdict,
        enable_execute_command=True if plan.workload.exec_enabled else None,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        availability_zone_rebalancing=roll_out.zone_rebalancing,
        tags=context.tagged(context.name),
        opts=pulumi.ResourceOptions.merge(context.child, options),
    )


def hooks(context: Context, plan: ServicePlan, log_group: pulumi.Output[str]) -> pulumi.ResourceHookBinding | None:
    """What is called before the service is made or changed: who else deployed is named, then the command runs."""
    container = plan.workload.main.name
    others = None if plan.roll_out.without_verdict else others_named(context, container)
    before = before_roll_out(context, plan.run_before, container, log_group) if plan.run_before else None
    found = [binding for binding in (others, before) if binding is not None]
    return (
        pulumi.ResourceHookBinding(
            before_create=[hook for binding in found for hook in binding.before_create or []],
            before_update=[hook for binding in found for hook in binding.before_update or []],
        )
        if found
        else None
    )


def awaited_definition(plan: ServicePlan, arn: pulumi.Output[str]) -> pulumi.Output[str]:
    """The task definition, once the role of what runs before is known: a hook must not wait for resources."""
    if plan.run_before is None or plan.run_before.role_arn is None:
        return arn
    return pulumi.Output.all(arn, plan.run_before.role_arn).apply(lambda known: str(known[0]))


def error_alarms(context: Context, roll_out: RollOut, front: Front | None) -> list[pulumi.Output[str]]:
    """Name of the alarm on the server errors of a service with a front."""
    limit = roll_out.strategy.error_limit
    if front is None or limit is None:
        return []
    return [error_alarm(context, limit, front.target_groups, front.balancer_arn_suffix).name]


def image_checks(context: Context, plan: ServicePlan) -> list[pulumi.Resource]:
    """A check of the main container's image before the service takes it; none without a verdict."""
    if plan.roll_out.without_verdict:
        return []
    workload, main = plan.workload, plan.workload.main
    port = plan.port if workload.port_owner(plan.port) == workload.main.name else None
    needs = ImageNeeds(workload.architecture.lower(), port or 0, main.user)
    return [checked_image(context, main.image, needs)]


def outputs_of(service: ecs.Service, around: Surroundings) -> Service:
    """The outputs of a service."""
    front, nothing = around.front, pulumi.Output.from_input(None)
    return Service(
        url=front.url if front and front.url else nothing,
        service_name=service.name,
        task_definition_arn=around.task.definition.arn,
        task_role_arn=around.task.role_arn,
        log_group_name=around.task.log_group_name,
        security_group_id=around.gate.group_id,
        load_balancer_security_group_id=front.group_id if front else nothing,
        target_group_arn=front.targets.arn if front else nothing,
    )
