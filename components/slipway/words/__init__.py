"""Words of arguments, for editors and type checkers: each offers them, and finds a wrong one before the program runs.

Example::

    from slipway import Network, NetworkArgs
    from slipway.words import Nat

    def network(nat: Nat) -> Network:
        return Network("main", {"nat": nat})

At run time each is `str`: the analyzer behind Pulumi's component plugins, also plugins of your own whose arguments hold
these, refuses `Literal`.
Source: https://typing.python.org/en/latest/spec/literal.html
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    Access = Literal["session_manager", "key_pair", "instance_connect", "instance_connect_endpoint"]
    AppProtocol = Literal["http", "http2", "grpc", "tcp"]
    Architecture = Literal["x86_64", "arm64"]
    ContainerInsights = Literal["enabled", "enhanced", "disabled"]
    DependencyCondition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]
    DeploymentStrategy = Literal["rolling", "blue_green", "canary", "linear"]
    EndpointUser = Literal[
        "Bastion",
        "EksCluster",
        "FanOut",
        "FargateService",
        "Host",
        "Job",
        "Queue",
        "QueueWorker",
        "Topic",
        "exec",
        "kms",
        "parameters",
        "secrets",
        "session_logs",
    ]
    FilterPolicyScope = Literal["MessageAttributes", "MessageBody"]
    KeyAlgorithm = Literal["ed25519", "rsa"]
    Nat = Literal["none", "single", "per_zone", "instance"]
    NodePool = Literal["general-purpose", "system"]
    ProtocolVersion = Literal["HTTP1", "HTTP2", "GRPC"]
    Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"]
    SupportType = Literal["STANDARD", "EXTENDED"]
    Tier = Literal["public", "private", "isolated"]
else:
    Access = AppProtocol = Architecture = ContainerInsights = DependencyCondition = DeploymentStrategy = str
    EndpointUser = FilterPolicyScope = KeyAlgorithm = Nat = NodePool = ProtocolVersion = Severity = SupportType = (
        Tier
    ) = str

__all__ = [
    "Access",
    "AppProtocol",
    "Architecture",
    "ContainerInsights",
    "DependencyCondition",
    "DeploymentStrategy",
    "EndpointUser",
    "FilterPolicyScope",
    "KeyAlgorithm",
    "Nat",
    "NodePool",
    "ProtocolVersion",
    "Severity",
    "SupportType",
    "Tier",
]
