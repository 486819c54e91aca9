"""The VPC: address plan, subnets, routes, NAT, endpoints, network ACLs, flow logs."""

from ._network_acls import NetworkAclArgs
from ._network_args import NetworkArgs
from .network import Network

__all__ = ["Network", "NetworkAclArgs", "NetworkArgs"]
