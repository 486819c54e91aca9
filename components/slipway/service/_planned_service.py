"""An ECS service from its plan: task definition, security group, what stands in front, the service and its verdict.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ecs

from slipway.common import ANYWHERE, HTTPS, Context, closed_group, named
from slipway.dynamic import ImageNeeds, checked_image
from slipway.task import port_owner, service_connect, task

from ._ecs_service import balanced, capacity, front_of, groups, verdict
from ._peers import open_to_peers
from ._scaling import scale
from ._service_args import FargateServiceArgs
from ._service_plan import ServicePlan


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


def planned_service(
    plan: ServicePlan, inputs: FargateServiceArgs, opts: pulumi.ResourceOptions | None = None
) -> Service:
    """A FargateService of another component, such as a QueueWorker, which has checked the plan.

    `inputs` are shown as the service's arguments in the stack's state.
    """
    component = pulumi.ComponentResource("slipway:index:FargateService", plan.workload.name, dict(inputs), opts)
    return build_service(component, plan)


def build_service(component: pulumi.ComponentResource, plan: ServicePlan) -> Service:
    """Make the children of a FargateService and register its outputs."""
    load, args, name = plan.workload, plan.args, plan.workload.name
    who = f"FargateService {name!r}"
    for doubt in plan.doubts:
        pulumi.log.warn(doubt, resource=component)
    child = pulumi.ResourceOptions(parent=component)
    tags = args.get("tags")
    made = task(name, load, plan.port, tags, child)
    checks = []
    if not plan.roll_out.unwatched:
        own_port = plan.port if port_owner(name, load, plan.port) == name else None
        needs = ImageNeeds(load.architecture.lower(), own_port or 0, load.user)
        checks = [checked_image(Context(who, name, tags, child), load.image, needs)]
    gate = closed_group(name, args["vpc_id"], f"Tasks of {name}", tags, child)
    gate.let_out("https", (HTTPS, HTTPS), "HTTPS, which AWS and the registries speak", ANYWHERE)
    open_to_peers(args, gate, plan.port, load.volumes)
    front = front_of(who, name, args, plan, load.permissions_boundary_arn, gate, child)
    service = ecs.Service(
        name,
        cluster=args["cluster_arn"],
        task_definition=made.definition.arn,
        **capacity(plan.spot_percent),
        desired_count=plan.desired_count,
        network_configuration={
            "subnets": args["subnet_ids"],
            "security_groups": groups(gate.group_id, args.get("additional_security_group_ids")),
            "assign_public_ip": False,
        },
        load_balancers=balanced(port_owner(name, load, plan.port), front),
        service_connect_configuration=service_connect(args.get("service_connect"), plan.port, made.log),
        health_check_grace_period_seconds=plan.grace_seconds if front else None,
        **plan.roll_out.service_arguments(),
        enable_execute_command=True if load.exec_enabled else None,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        availability_zone_rebalancing=plan.roll_out.zone_rebalancing,
        tags=named(name, tags),
        opts=pulumi.ResourceOptions(
            parent=component,
            depends_on=[*made.grants, *checks, *(front.awaited if front else [])],
            ignore_changes=["desiredCount"] if plan.scaling or args.get("keep_scaled_count") else None,
        ),
    )
    if plan.scaling:
        scale(name, plan.scaling, args["cluster_arn"], service, front, child)
    if not plan.roll_out.unwatched:
        verdict(name, service, made, front, plan.roll_out.timeout_seconds, child)
    nothing = pulumi.Output.from_input(None)
    outputs = Service(
        url=front.url if front and front.url else nothing,
        service_name=service.name,
        task_definition_arn=made.definition.arn,
        task_role_arn=made.role_arn,
        log_group_name=made.log_group_name,
        security_group_id=gate.group_id,
        load_balancer_security_group_id=front.group_id if front else nothing,
        target_group_arn=front.targets.arn if front else nothing,
    )
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
