"""Access to a network: bastions and hosts."""

from ._bastion_args import BastionArgs
from ._host_plan import HostArgs, HostInboundArgs
from ._targets import BastionTargetArgs
from .bastion import Bastion
from .host import Host

__all__ = ["Bastion", "BastionArgs", "BastionTargetArgs", "Host", "HostArgs", "HostInboundArgs"]
