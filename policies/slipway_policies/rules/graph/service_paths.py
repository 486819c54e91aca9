"""Graph rules for the way of a request: load balancer, target group, security groups, container.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
"""

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import ADVISORY, MANDATORY, MEDIUM, OFF, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import UnreadableError, Value
from slipway_policies.reading.networks import ALL_PORTS, protocol_name
from slipway_policies.rules.ecs.containers import TASK_DEFINITION, container_definitions
from slipway_policies.rules.ecs.services import SERVICE
from slipway_policies.rules.elasticloadbalancing.listeners import LISTENERS
from slipway_policies.rules.elasticloadbalancing.load_balancers import LOAD_BALANCERS, MODULES, TARGET_GROUPS
from slipway_policies.rules.vpc.security_groups import GROUP, GROUP_RULE, INGRESS_RULE

LISTENER_RULES = tuple(f"aws:{module}/listenerRule:ListenerRule" for module in MODULES)
BY_CIDR = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks", "prefixListId", "prefixListIds")
TRAFFIC_PORT = "traffic-port"  # a health check on the port of the requests
LINK = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html"


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=LINK,
    fix="admit the load balancer's security group on this port in the service's group, as slipway's FargateService does",
)
def alb_target_sg_path(stack: Graph) -> Outcomes:
    """The security group of a load balancer may connect to its containers, on their port and on the health check's.

    Otherwise every health check fails, and the deployment with them. A rule with any CIDR counts as open.
    """
    for service in stack.of(SERVICE):
        before = [
            group
            for balancer in balancers(stack, service)
            for group in stack.behind(balancer, "securityGroups", GROUP, "id")
        ]
        around = stack.behind(service, "networkConfiguration", GROUP, "id")
        if not before or not around:
            continue
        for port, urn in _ports(stack, service):
            if port.unknown:
                yield Deferred(port.path, urn)
                continue
            verdicts = [_admits(stack, group, before, int(port.number() or 0)) for group in around]
            if True in verdicts:
                continue
            if None in verdicts:
                yield Deferred("ingress", service.urn)
            else:
                names = ", ".join(repr(group.resource.name) for group in around)
                problem = f"cannot be reached: no rule of {names} admits the load balancer"
                yield Finding(port.path, problem, urn)


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=LINK,
    fix=(
        "set targetType of the target group to ip, as slipway's FargateService does; on an existing group this "
        "replaces it"
    ),
)
def tg_target_type_fargate(stack: Graph) -> Outcomes:
    """Target groups of services with networkMode awsvpc have the target type ip."""
    for service in stack.of(SERVICE):
        if service.resource["networkConfiguration"].absent:
            continue
        for group in stack.behind(service, "loadBalancers", TARGET_GROUPS, "arn", "id"):
            kind = group.resource["targetType"]
            if kind.unknown:
                yield Deferred(kind.path, group.urn)
            elif kind.raw != "ip":
                yield Finding(
                    "targetType", f"is not ip, so service {service.resource.name!r} cannot register", group.urn
                )


@stack_rule(
    level=MANDATORY,
    severity=MEDIUM,
    link=LINK,
    fix="set containerName and containerPort in loadBalancers to a container and port of the task definition, as "
    "slipway's FargateService does",
)
def ecs_lb_container_port(stack: Graph) -> Outcomes:
    """ECS services register a container and a port of their task definition."""
    for service in stack.of(SERVICE):
        for task in stack.behind(service, "taskDefinition", TASK_DEFINITION, "arn", "id", "family"):
            for target in service.resource["loadBalancers"].elements():
                name, port = target["containerName"], target["containerPort"]
                definitions = container_definitions(task.resource)
                unknown = [value for value in (target, name, port, definitions) if value.unknown]
                if unknown:
                    yield Deferred(unknown[0].path, service.urn)
                elif (name.text(), port.number()) not in _served(definitions):
                    problem = f"is no container with this containerPort in task definition {task.resource.name!r}"
                    yield Finding(name.path, problem, service.urn)


@stack_rule(
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    link="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-configure-health.html",
    fix="set desiredCount to at least 2 (desired_count of slipway's FargateService)",
)
def ecs_service_min_tasks(stack: Graph) -> Outcomes:
    """Services behind a load balancer run at least two tasks in production."""
    for service in stack.of(SERVICE):
        count = service.resource["desiredCount"]
        if not stack.behind(service, "loadBalancers", TARGET_GROUPS, "arn", "id"):
            continue
        if count.unknown:
            yield Deferred(count.path, service.urn)
        elif (count.number() or 0) < 2:
            yield Finding(count.path, "is below 2, so the failure of one task is an outage", service.urn)


def _served(definitions: Value) -> set[tuple[str, int | float | None]]:
    return {
        (container["name"].text(), mapping["containerPort"].number())
        for container in definitions.elements()
        for mapping in container["portMappings"].elements()
    }


def _ports(stack: Graph, service: Node) -> list[tuple[Value, str]]:
    """Ports of requests and of health checks, each with the resource that names it."""
    ports = [(target["containerPort"], service.urn) for target in service.resource["loadBalancers"].elements()]
    for group in stack.behind(service, "loadBalancers", TARGET_GROUPS, "arn", "id"):
        check = group.resource["healthCheck"]
        if not check["port"].absent and check["port"].raw != TRAFFIC_PORT and check["enabled"].raw is not False:
            ports.append((check["port"], group.urn))
    return ports


def balancers(stack: Graph, service: Node) -> list[Node]:
    """The load balancers in front of the service's target groups, found by listeners and listener rules."""
    groups = stack.behind(service, "loadBalancers", TARGET_GROUPS, "arn", "id")
    listeners = _senders(stack, groups, LISTENERS, "defaultActions")
    for action in _senders(stack, groups, LISTENER_RULES, "actions"):
        listeners += stack.behind(action, "listenerArn", LISTENERS, "arn", "id")
    found = {
        node.urn: node
        for listener in listeners
        for node in stack.behind(listener, "loadBalancerArn", LOAD_BALANCERS, "arn", "id")
    }
    return list(found.values())


def _senders(stack: Graph, groups: list[Node], kinds: tuple[str, ...], prop: str) -> list[Node]:
    return [node for group in groups for kind in kinds for node in stack.pointing_at(group, kind, prop, "arn", "id")]


def _admits(stack: Graph, group: Node, sources: list[Node], port: int) -> bool | None:
    """Whether a rule of the group opens the port to one of the sources; None while unknown."""
    verdicts = [
        _rule_admits(stack, node, prop, sources, port)
        for kind, prop in ((INGRESS_RULE, "referencedSecurityGroupId"), (GROUP_RULE, "sourceSecurityGroupId"))
        for node in stack.pointing_at(group, kind, "securityGroupId", "id")
    ]
    if group.has("ingress"):
        verdicts.append(_inline_admits(stack, group, sources, port))
    return True if True in verdicts else None if None in verdicts else False


def _rule_admits(stack: Graph, one: Node, prop: str, sources: list[Node], port: int) -> bool | None:
    resource = one.resource
    if resource["type"].raw == "egress":
        return False
    by_cidr = any(resource[key].raw for key in BY_CIDR)
    itself = stack.behind(one, "securityGroupId", GROUP, "id") if resource["self"].true else []
    named = {node.urn for node in (*stack.behind(one, prop, GROUP, "id"), *itself)} & {source.urn for source in sources}
    return _in_range(resource, port) if by_cidr or named else False


def _inline_admits(stack: Graph, group: Node, sources: list[Node], port: int) -> bool | None:
    ingress = group.resource["ingress"]
    if ingress.unknown:
        return None
    named = {node.urn for node in stack.behind(group, "ingress", GROUP, "id")} & {source.urn for source in sources}
    itself = group.urn in {source.urn for source in sources}
    open_rules = [
        element
        for element in ingress.elements()
        if not element.unknown and (any(element[key].raw for key in BY_CIDR) or (itself and element["self"].true))
    ]
    chosen = ingress.elements() if named else open_rules
    verdicts = [None if entry.unknown else _in_range(entry, port) for entry in chosen]
    return True if True in verdicts else None if None in verdicts else False


def _in_range(written: Resource | Value, port: int) -> bool | None:
    protocol = written["ipProtocol"] if not written["ipProtocol"].absent else written["protocol"]
    low, high = written["fromPort"], written["toPort"]
    if protocol.unknown or low.unknown or high.unknown:
        return None
    name = protocol_name(str(protocol.raw))
    if name not in ("all", "tcp"):
        return False
    try:
        first, last = ALL_PORTS if name == "all" else (low.number() or 0, high.number() or 0)
    except UnreadableError:
        return None
    return first <= port <= last
