"""Ways into a network: bastions and hosts."""

from ._bastion_args import BastionArgs
from ._targets import BastionTargetArgs
from .bastion import Bastion
from .host import Host, HostArgs, HostInboundArgs

__all__ = ["Bastion", "BastionArgs", "BastionTargetArgs", "Host", "HostArgs", "HostInboundArgs"]
