"""The VPC: address plan, subnets, routes, NAT, endpoints, network ACLs, flow logs."""

from ._network_acls import NetworkAclArgs
from .network import Network, NetworkArgs

__all__ = ["Network", "NetworkAclArgs", "NetworkArgs"]
