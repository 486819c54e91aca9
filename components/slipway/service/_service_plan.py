"""The plan of a service: its arguments, checked alone and against one another before anything exists.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from slipway.common import ArgumentError, Arguments, Tags, child_name, not_empty
from slipway.links import calls
from slipway.load_balancing import (
    IDLE_TIMEOUT_SECONDS,
    NAME_LENGTH,
    ONLY_BALANCED,
    ONLY_TLS,
    ListenerPlan,
    LoadBalancerPlan,
    TargetPlan,
    listener_plan,
    load_balancer_plan,
    target_plan,
)
from slipway.run_before import RunBefore, run_before
from slipway.task import STOP_BOUNDS_SECONDS, ServiceConnect, Workload, service_connect

from ._peers import Peers, peers
from ._roll_out import Leaving, RollOut, roll_out
from ._scaling import MOST_TASKS, REQUESTS, Scaling, scaling
from ._strategy import ROLLING
from ._traffic_shift import ALTERNATE

DESIRED_COUNT = 2  # one task in each of two zones
GRACE_SECONDS = 60
LONGEST_GRACE_SECONDS = 2147483647
LOAD_BALANCER, LISTENER = "load_balancer", "listener"
MOST_FURTHER_GROUPS = 4  # of the five of a network interface


@dataclass(frozen=True)
class Placement:
    """Cluster, network and security groups of a service's tasks."""

    cluster_arn: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    additional_security_group_ids: Sequence[pulumi.Input[str]]


@dataclass(frozen=True)
class FrontPlan:
    """The checked front of a service: a load balancer for it alone, or rules on a shared listener."""

    targets: TargetPlan
    sender: LoadBalancerPlan | ListenerPlan


@dataclass(frozen=True)
class ServicePlan:
    """A checked service with every default filled in."""

    workload: Workload
    placement: Placement
    desired_count: int
    keeps_scaled_count: bool
    """Updates keep the current number of tasks."""
    port: int | None
    front: FrontPlan | None
    grace_seconds: int
    spot_percent: int
    peers: Peers
    connect: ServiceConnect | None
    roll_out: RollOut
    run_before: RunBefore | None
    scaling: Scaling | None
    tags: Tags | None
    warnings: Sequence[str]
    """Sentences about settings that work, but are probably not meant."""


def service_plan(arguments: Arguments, workload: Workload) -> ServicePlan:
    """Check the arguments of a service, alone and against its workload. Raises ArgumentError."""
    port = arguments.optional_whole_number("container_port", 1, 65535)
    front = front_plan(arguments, workload.name, port)
    connect = service_connect(arguments.nested("service_connect"), port)
    desired_count = arguments.whole_number("desired_count", 0, MOST_TASKS, DESIRED_COUNT)
    plan = ServicePlan(
        workload=workload,
        placement=placement(arguments),
        desired_count=desired_count,
        keeps_scaled_count=arguments.flag("keep_scaled_count") or arguments.has("scaling"),
        port=port,
        front=front,
        grace_seconds=grace_seconds(arguments, workload, front),
        spot_percent=arguments.whole_number("spot_percent", 0, 100, 0),
        peers=peers(arguments, port, workload.volumes, calls(arguments)),
        connect=connect,
        roll_out=roll_out(arguments, desired_count, leaving(workload, front)),
        run_before=run_before(arguments.nested("run_before")),
        scaling=scaling(arguments.nested("scaling"), desired_count, has_front=front is not None),
        tags=arguments.tags(),
        warnings=warnings(arguments, workload),
    )
    check_spot(arguments, plan)
    check_longest_request(arguments, plan)
    check_scaling(arguments, plan)
    return plan


def placement(arguments: Arguments) -> Placement:
    """Check where the tasks run: at most four security groups beside the service's own."""
    further = arguments.inputs("additional_security_group_ids")
    if len(further) > MOST_FURTHER_GROUPS:
        rule = f"must be at most {MOST_FURTHER_GROUPS}, got {len(further)}"
        raise arguments.error("additional_security_group_ids", f"{rule}; a task has five, and one is its own")
    subnets = arguments.required_inputs("subnet_ids")
    if isinstance(subnets, Sequence):
        not_empty(arguments.who, arguments.label("subnet_ids"), subnets, '["subnet-0123456789abcdef0"]')
    return Placement(
        cluster_arn=arguments.required_input("cluster_arn"),
        vpc_id=arguments.required_input("vpc_id"),
        subnet_ids=subnets,
        additional_security_group_ids=further,
    )


def front_plan(arguments: Arguments, name: str, port: int | None) -> FrontPlan | None:
    """Check the front of a service: one at most, with a port, and no settings of a front without one."""
    present = [key for key in (LOAD_BALANCER, LISTENER) if arguments.has(key)]
    if not present:
        for key in ONLY_BALANCED:
            if arguments.has(key):
                fix = f"set load_balancer or leave {key} out"
                raise arguments.error(key, f"needs load_balancer or listener, got none; {fix}")
        return None
    arguments.exactly_one(LOAD_BALANCER, LISTENER)
    if port is None:
        raise arguments.error(present[0], "needs container_port, got none; set the port the image listens on")
    if (shared := arguments.nested(LISTENER)) is not None:
        child_name(f"{arguments.who} listener", name, NAME_LENGTH)
        return FrontPlan(target_plan(arguments, port), listener_plan(shared))
    own = arguments.nested(LOAD_BALANCER) or arguments
    version = arguments.text("protocol_version")
    if version in ONLY_TLS and not own.has("certificate_arn") and not own.has("domain_names"):
        fix = "clients use it over TLS only; set certificate_arn or domain_names"
        raise arguments.error("protocol_version", f"{version} needs a certificate of load_balancer, got none; {fix}")
    deployment = arguments.nested("deployment")
    shifts = deployment is not None and deployment.text("strategy", ROLLING) != ROLLING
    balancer = load_balancer_plan(own, name, f"-{ALTERNATE}" if shifts else "")
    return FrontPlan(target_plan(arguments, port), balancer)


def grace_seconds(arguments: Arguments, workload: Workload, front: FrontPlan | None) -> int:
    """Seconds without failed health checks after a start, at least the start period of the container's own check."""
    check = workload.main.health_check
    start = check.start_period_seconds if check else 0
    key = "health_check_grace_period_seconds"
    grace = arguments.whole_number(key, 0, LONGEST_GRACE_SECONDS, max(GRACE_SECONDS, start))
    if front is not None and grace < start:
        rule = f"must cover the {start} s of container_health_check.start_period_seconds, got {grace}"
        raise arguments.error(key, f"{rule}; make it {start} or more, or leave it out")
    return grace


def leaving(workload: Workload, front: FrontPlan | None) -> Leaving:
    """The longest time of an old task from its last request to its end."""
    if front is None:
        return Leaving(workload.stop_timeout_seconds, "stop_timeout_seconds")
    seconds = front.targets.deregistration_delay_seconds + workload.stop_timeout_seconds
    return Leaving(seconds, "deregistration_delay_seconds and stop_timeout_seconds")


def check_spot(arguments: Arguments, plan: ServicePlan) -> None:
    """Refuse a service with one task on Spot."""
    fewest = plan.scaling.min_tasks if plan.scaling else plan.desired_count
    if plan.spot_percent and fewest == 1:
        source = "scaling.min_tasks" if plan.scaling else "desired_count"
        fix = f"AWS takes Spot tasks back within two minutes; set {source} to 2, or leave spot_percent out"
        raise arguments.error("spot_percent", f"needs two tasks at least, got {source} 1; {fix}")


def check_scaling(arguments: Arguments, plan: ServicePlan) -> None:
    """Refuse a second scaling, and scaling by one target group while requests move between two."""
    if plan.scaling is None:
        return
    if REQUESTS in plan.scaling.targets and plan.roll_out.strategy.shifts:
        rule = f"needs deployment.strategy rolling, got {plan.roll_out.strategy.kind}"
        fix = "it follows one target group, and requests move between two; use cpu_percent"
        raise arguments.error(f"scaling.{REQUESTS}", f"{rule}; {fix}")
    if arguments.flag("keep_scaled_count"):
        rule = "set scaling or keep_scaled_count, got both; scaling keeps the count by itself"
        raise ArgumentError(f"{arguments.who}: {rule}")


def check_longest_request(arguments: Arguments, plan: ServicePlan) -> None:
    """Refuse timeouts that end the slowest request early."""
    if plan.front is None:
        return
    longest, stop = plan.front.targets.longest_request_seconds, plan.workload.stop_timeout_seconds
    rule = f"must cover longest_request_seconds, {longest}"
    if stop < longest <= STOP_BOUNDS_SECONDS[1]:
        fix = f"set it to {longest}, as requests may begin just before SIGTERM"
        raise arguments.error("stop_timeout_seconds", f"{rule}, got {stop}; {fix}")
    if isinstance(plan.front.sender, ListenerPlan):
        return
    idle = plan.front.sender.idle_timeout_seconds or IDLE_TIMEOUT_SECONDS
    if idle < longest:
        fix = f"set load_balancer.idle_timeout_seconds to {longest} or more"
        raise arguments.error("load_balancer.idle_timeout_seconds", f"{rule}, got {idle}; {fix}")


def warnings(arguments: Arguments, workload: Workload) -> list[str]:
    """Sentences about settings that work, but are probably not meant."""
    delay, stop = arguments.number("deregistration_delay_seconds", 0), workload.stop_timeout_seconds
    if delay <= stop:
        return []
    fix = "if these still run when SIGTERM comes, the program has to finish them in that time"
    rule = f"is shorter than the {int(delay)} s that requests get by deregistration_delay_seconds"
    return [f"{arguments.who}: stop_timeout_seconds, {stop}, {rule}; {fix}"]
