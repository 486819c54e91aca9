"""Nodes of a cluster, checked: Auto Mode's built-in pools, or managed node groups.

Source: https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html
Source: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slipway.common import Arguments, distinct, not_empty, one_of, shown
from slipway.ec2 import check_instance_type, is_arm

NODE_POOLS = ("general-purpose", "system")
INSTANCE_TYPES = ("m7i.large",)
MIN_SIZE, MAX_SIZE = 2, 4
MOST_NODES = 450  # https://docs.aws.amazon.com/general/latest/gr/eks.html#limits_eks
DISK_GIB, LARGEST_DISK_GIB = 20, 16384
AMI_TYPES = {False: "AL2023_x86_64_STANDARD", True: "AL2023_ARM_64_STANDARD"}


@dataclass(frozen=True)
class NodeGroupPlan:
    """A checked managed node group."""

    instance_types: Sequence[str]
    ami_type: str
    min_size: int
    max_size: int
    disk_gib: int
    capacity_type: str


@dataclass(frozen=True)
class NodePlan:
    """Checked nodes of a cluster."""

    pools: Sequence[str]
    """Built-in pools of Auto Mode; empty with node groups."""
    groups: Mapping[str, NodeGroupPlan]
    """Managed node groups by key; empty with Auto Mode."""

    @property
    def is_auto(self) -> bool:
        """Auto Mode makes the nodes."""
        return not self.groups


def node_plan(arguments: Arguments) -> NodePlan:
    """Check the nodes of a new cluster. Raises ArgumentError."""
    if not arguments.has("node_groups"):
        return NodePlan(node_pools(arguments), {})
    arguments.not_both("node_pools", "node_groups", "node_pools are those of Auto Mode")
    keys = arguments.child_keys("node_groups")
    not_empty(arguments.who, "node_groups", keys, '{"main": {}}')
    return NodePlan((), {key: node_group(group) for key, group in arguments.each("node_groups")})


def node_pools(arguments: Arguments) -> Sequence[str]:
    """Distinct built-in pools of Auto Mode, at least one."""
    pools = arguments.texts("node_pools", NODE_POOLS)
    not_empty(arguments.who, "node_pools", pools, "general-purpose")
    for index, pool in enumerate(pools):
        one_of(arguments.who, f"node_pools[{index}]", pool, NODE_POOLS)
    distinct(arguments.who, "node_pools", pools)
    return pools


def node_group(arguments: Arguments) -> NodeGroupPlan:
    """Check one managed node group."""
    types = arguments.texts("instance_types", INSTANCE_TYPES)
    label = arguments.label("instance_types")
    not_empty(arguments.who, label, types, INSTANCE_TYPES[0])
    for index, name in enumerate(types):
        check_instance_type(arguments, f"instance_types[{index}]", name)
    distinct(arguments.who, label, types)
    if len({is_arm(name) for name in types}) > 1:
        rule = f"must be of one processor architecture, got {shown(list(types))}; make a node group for each"
        raise arguments.error("instance_types", rule)
    low = arguments.whole_number("min_size", 0, MOST_NODES, MIN_SIZE)
    high = arguments.whole_number("max_size", 1, MOST_NODES, max(low, MAX_SIZE))
    if high < low:
        raise arguments.error("max_size", f"must be at least min_size {low}, got {high}; raise it")
    return NodeGroupPlan(
        instance_types=types,
        ami_type=AMI_TYPES[is_arm(types[0])],
        min_size=low,
        max_size=high,
        disk_gib=arguments.whole_number("disk_gib", DISK_GIB, LARGEST_DISK_GIB, DISK_GIB),
        capacity_type="SPOT" if arguments.flag("spot") else "ON_DEMAND",
    )
