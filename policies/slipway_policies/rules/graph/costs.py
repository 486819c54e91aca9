"""Graph rules for the fixed costs of a stack.

Source: https://aws.amazon.com/pricing/
"""

from collections import Counter
from typing import Final

from slipway_policies.data.lists import prices
from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import ADVISORY, LOW, MEDIUM, OFF, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.engine.values import texts
from slipway_policies.rules.cloudwatch.logs import METRIC_ALARM
from slipway_policies.rules.ec2.instances import INSTANCE
from slipway_policies.rules.ecs.containers import TASK_DEFINITION
from slipway_policies.rules.ecs.services import SERVICE
from slipway_policies.rules.ecs.task_hosts import units
from slipway_policies.rules.eks.clusters import CLUSTER
from slipway_policies.rules.elasticloadbalancing.load_balancers import LOAD_BALANCERS
from slipway_policies.rules.graph.network_paths import ENDPOINT, SUBNET, VPC
from slipway_policies.rules.kms.keys import KEY

PRICES: Final = prices()
HOURS: Final = 730
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
PER_HOUR: Final = {
    NAT_GATEWAY: "nat_gateway",
    "aws:ec2/eip:Eip": "public_ipv4_address",
    CLUSTER: "eks_cluster",
    **dict.fromkeys(LOAD_BALANCERS, "load_balancer"),
}
PER_MONTH: Final = {KEY: "kms_key", METRIC_ALARM: "metric_alarm"}


@stack_rule(
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html",
    fix="raise mostUsd in the policy config, or make less of what is named; slipway's Network takes nat, its services "
    "desired_count, cpu and memory_mib",
    settings={
        "mostUsd": {
            "type": "number",
            "default": 0,
            "description": "Most that the stack may cost in a month, in US dollars; 0 is no cap.",
        }
    },
)
def monthly_cost_cap(stack: Graph) -> Outcomes:
    """The monthly cost of a stack stays below the limit of the policy config.

    The cost is a lower bound: hourly and monthly prices of a dated list for us-east-1, without traffic, requests and
    storage. A service on FARGATE_SPOT counts with the largest possible discount.
    """
    cap = stack.config.number("mostUsd")
    if not cap:
        return
    costs = {node.urn: _usd(stack, node) for node in stack.nodes.values()}
    total = sum(usd for usd, _ in costs.values())
    unsure = next((urn for urn, (_, sure) in costs.items() if not sure), None)
    if total > cap:
        by_kind: Counter[str] = Counter()
        for urn, (usd, _) in costs.items():
            by_kind[stack.nodes[urn].resource.type.rpartition(":")[2]] += round(usd)
        most = ", ".join(f"{kind} {usd}" for kind, usd in by_kind.most_common(3) if usd)
        problem = f"of the stack's resources is about {total:.0f} USD a month, above mostUsd {cap:g}: {most}"
        yield Finding("cost", problem, max(costs, key=lambda urn: costs[urn][0]))
    elif unsure:
        yield Deferred("desiredCount", unsure)


@stack_rule(
    level=OFF,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
    fix=(
        "share one NAT gateway, or use endpoints (nat of slipway's Network, single or none), or raise mostGateways "
        "in the policy config"
    ),
    settings={
        "mostGateways": {"type": "integer", "minimum": 0, "default": 1, "description": "Most NAT gateways of a VPC."}
    },
)
def nat_per_az_cost(stack: Graph) -> Outcomes:
    """A VPC has at most the configured number of NAT gateways.

    Off unless configured: for stacks that may fail with one zone.
    """
    for vpc in stack.of(VPC):
        subnets = stack.pointing_at(vpc, SUBNET, "vpcId", "id")
        gateways = [node for subnet in subnets for node in stack.pointing_at(subnet, NAT_GATEWAY, "subnetId", "id")]
        if len(gateways) > stack.config.number("mostGateways"):
            usd = len(gateways) * PRICES["usd_per_hour"]["nat_gateway"] * HOURS
            yield Finding("id", f"has {len(gateways)} NAT gateways, about {usd:.0f} USD a month", vpc.urn)


def _usd(stack: Graph, node: Node) -> tuple[float, bool]:
    """The lowest monthly cost of the resource, and whether all values behind it are known."""
    kind, per_hour = node.resource.type, PRICES["usd_per_hour"]
    if kind in PER_HOUR:
        return per_hour[PER_HOUR[kind]] * HOURS, True
    if kind in PER_MONTH:
        return PRICES["usd_per_month"][PER_MONTH[kind]], True
    if kind == INSTANCE:
        return PRICES["usd_per_hour_by_instance_type"].get(node.output("instanceType") or "", 0) * HOURS, True
    if kind == ENDPOINT and node.output("vpcEndpointType") == "Interface":
        zones = node.resource["subnetIds"]
        return per_hour["interface_endpoint_per_zone"] * HOURS * max(1, len(list(zones.elements()))), not zones.unknown
    return _fargate(stack, node) if kind == SERVICE else (0, True)


def _fargate(stack: Graph, service: Node) -> tuple[float, bool]:
    count = service.resource["desiredCount"]
    usd, sure, per_hour = 0.0, not count.unknown, PRICES["usd_per_hour"]
    for task in stack.behind(service, "taskDefinition", TASK_DEFINITION, "arn", "id", "family"):
        compatible = [element.raw for element in task.resource["requiresCompatibilities"].elements()]
        if service.output("launchType") != "FARGATE" and "FARGATE" not in compatible:
            continue  # an instance that is paid anyway
        cpu, memory = task.resource["cpu"], task.resource["memory"]
        if cpu.unknown or memory.unknown:
            return 0, False
        fargate = "fargate_arm" if task.resource["runtimePlatform"]["cpuArchitecture"].raw == "ARM64" else "fargate"
        one = units(cpu) / 1024 * per_hour[f"{fargate}_vcpu"] + units(memory) / 1024 * per_hour[f"{fargate}_gib"]
        usd += one * HOURS * (1 if count.unknown else count.number() or 0)
    if "FARGATE_SPOT" in texts(service.resource["capacityProviderStrategies"].raw):
        usd *= 1 - PRICES["fargate_spot_most_discount"]
    return usd, sure
