"""Graph rules for security groups with rules as separate resources, judged together.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
"""

from slipway_policies.engine.graph import Graph, Node
from slipway_policies.engine.registry import CRITICAL, MANDATORY, Deferred, Finding, Outcomes, stack_rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import UnreadableError, Value
from slipway_policies.reading.networks import Grant, covers_the_internet, opening, parse_network
from slipway_policies.rules.vpc.security_group_scope import HIGH_RISK_PORTS
from slipway_policies.rules.vpc.security_groups import CONTROLS, GROUP, GROUP_RULE, INGRESS_RULE, grants, reached

PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
PREFIX_LISTS = {INGRESS_RULE: "prefixListId", GROUP_RULE: "prefixListIds", GROUP: "ingress"}


@stack_rule(
    level=MANDATORY,
    severity=CRITICAL,
    controls=("FSBP EC2.19", "NIST SC-7"),
    link=f"{CONTROLS}#ec2-19",
    fix="name the addresses that may connect, in the rules and in the prefix list; slipway's components admit security "
    "groups and what you name",
    stands_for=("sg-no-public-ingress",),
)
def sg_no_ingress_by_parts(stack: Graph) -> Outcomes:
    """The rules and prefix lists of a security group do not open a port of high risk to the internet together.

    The rules over one resource see each part alone: one half of the internet here, the other there, or the id of a list.
    """
    for group in stack.of(GROUP):
        alone: list[list[Grant]] = []
        listed: list[Grant] = []
        for part in _parts(stack, group):
            try:
                alone.append(grants(part.resource)[0])
                more, waiting = _by_prefix_lists(stack, part)
            except UnreadableError:
                continue  # told by the rules over one resource
            listed += more
            yield from (Deferred(outcome.path, part.urn) for outcome in waiting)
        given = [*listed, *(grant for one in alone for grant in one)]
        if not covers_the_internet(grant.network for grant in given):
            continue
        open_alone = {port for port in HIGH_RISK_PORTS if any(opening(one, "tcp", port) for one in alone)}
        ports = [str(port) for port in HIGH_RISK_PORTS if port not in open_alone and opening(given, "tcp", port)]
        if ports:
            problem = f"and the group's rules and prefix lists together open TCP {', '.join(ports)} to the internet"
            yield Finding("ingress", problem, group.urn)


def opened(stack: Graph, group: Node) -> Outcomes:
    """A finding for each rule of the group, inline or separate, open to the internet, or one for all together."""
    given: list[Grant] = []
    found = False
    for part in _parts(stack, group):
        try:
            own, waiting = grants(part.resource)
            listed, later = _by_prefix_lists(stack, part)
        except UnreadableError as error:
            yield Finding(error.path, f"is not {error.expected}", part.urn)
            continue
        given += own + listed
        yield from (Deferred(outcome.path, part.urn) for outcome in (*waiting, *later))
        if covers_the_internet(grant.network for grant in own + listed):
            found = True
            paths = ", ".join(dict.fromkeys(it.path for it in own + listed if covers_the_internet([it.network])))
            yield Finding(paths or "ingress", "admits the internet, and the group is not a load balancer's", part.urn)
    if not found and covers_the_internet(grant.network for grant in given):
        yield Finding("ingress", "and the group's rules together admit the internet", group.urn)


def _parts(stack: Graph, group: Node) -> list[Node]:
    """The group itself, when it has inline rules, and its separate rules."""
    rules = [
        node for kind in (INGRESS_RULE, GROUP_RULE) for node in stack.pointing_at(group, kind, "securityGroupId", "id")
    ]
    return [*rules, group] if group.sets("ingress") else rules


def _by_prefix_lists(stack: Graph, part: Node) -> tuple[list[Grant], list[Deferred]]:
    """The CIDRs of the part's prefix lists in the stack, and the paths of those not known yet."""
    known: list[Grant] = []
    waiting: list[Deferred] = []
    prop = PREFIX_LISTS[part.resource.type]
    cidrs = [cidr for node in stack.behind(part, prop, PREFIX_LIST, "id") for cidr in _cidrs(stack, node)]
    for entry in _naming_a_list(part.resource) if cidrs else ():
        reach = reached(entry)
        if isinstance(reach, Deferred):
            waiting.append(reach)
            continue
        name, bounds = reach
        waiting += [Deferred(prop) for cidr in cidrs if cidr.unknown][:1]
        networks = [parse_network(cidr.text()) for cidr in cidrs if not cidr.unknown]
        known += [Grant(name, *bounds, network, prop) for network in networks if network is not None]
    return known, waiting


def _naming_a_list(part: Resource) -> list[Value | Resource]:
    """The part's ingress rules with a prefix list."""
    if part.type == GROUP:
        return [entry for entry in part["ingress"].elements() if entry.unknown or entry["prefixListIds"].raw]
    return [] if part["type"].raw == "egress" else [part]


def _cidrs(stack: Graph, prefix_list: Node) -> list[Value]:
    inside = [entry["cidr"] for entry in prefix_list.resource["entries"].elements()]
    beside = stack.pointing_at(prefix_list, PREFIX_LIST_ENTRY, "prefixListId", "id")
    return [*inside, *(entry.resource["cidr"] for entry in beside)]
