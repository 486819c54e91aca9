"""Load balancers."""

from slipway_sandbox.provider.aws.client import AwsError
from slipway_sandbox.provider.aws.declaration import Autoname, Call, Failures, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import blocks
from slipway_sandbox.provider.protocol.wire import Properties
from slipway_sandbox.provider.services.lb.common import TAGS

LOGS = {
    "accessLogs": "access_logs.s3",
    "connectionLogs": "connection_logs.s3",
    "healthCheckLogs": "health_check_logs.s3",
}
BALANCER_ATTRIBUTES = {
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
MODIFY = {"LoadBalancerArn": "{id}"}


def delete_balancer(scope: Scope) -> None:
    """Deletes the load balancer; moto does not enforce deletion protection, AWS does."""
    attributes = blocks(scope.call("describe_load_balancer_attributes", LoadBalancerArn=scope.id), "Attributes")
    if {"Key": "deletion_protection.enabled", "Value": "true"} in attributes:
        reason = f"Load balancer '{scope.id}' cannot be deleted because deletion protection is enabled"
        raise AwsError("DeleteLoadBalancer", "OperationNotPermitted", reason)
    scope.call("delete_load_balancer", LoadBalancerArn=scope.id)


def validate_balancer(inputs: Properties) -> Failures:
    """An application load balancer needs two zones."""
    subnets = inputs.get("subnets")
    if (
        inputs.get("loadBalancerType", "application") == "application"
        and isinstance(subnets, list)
        and len(subnets) < 2
    ):
        return [
            (
                "subnets",
                f"at least two subnets in two different Availability Zones must be specified, got {len(subnets)}",
            )
        ]
    return []


def is_moved(before: Properties, after: Properties) -> bool:
    """Whether a change of subnets makes a new load balancer: a network load balancer never loses subnets."""
    old, new = (inputs.get("subnetMappings") or inputs.get("subnets") or [] for inputs in (before, after))
    if not isinstance(old, list) or not isinstance(new, list):
        return False
    return after.get("loadBalancerType") == "network" and len(new) <= len(old)


def is_guarded_otherwise(before: Properties, after: Properties) -> bool:
    """Whether a network load balancer gets its first security group or loses its last."""
    is_network = after.get("loadBalancerType") == "network"
    return is_network and bool(before.get("securityGroups")) is not bool(after.get("securityGroups"))


RESOURCES = (
    Resource(
        "aws:lb/loadBalancer:LoadBalancer",
        "elbv2",
        create=Call(
            "create_load_balancer",
            {"Scheme": lambda scope: "internal" if scope.get("internal") else "internet-facing"},
            reply="LoadBalancers[0]",
        ),
        id="LoadBalancerArn",
        read=(
            Call("describe_load_balancers", {"LoadBalancerArns": ["{id}"]}, reply="LoadBalancers[0]"),
            Call("describe_load_balancer_attributes", MODIFY),
        ),
        updates=(
            Update(" ".join((*BALANCER_ATTRIBUTES, *LOGS)), Call("modify_load_balancer_attributes", MODIFY)),
            Update("ipAddressType", Call("set_ip_address_type", MODIFY)),
            Update("securityGroups", Call("set_security_groups", MODIFY)),
            Update("subnets subnetMappings", Call("set_subnets", MODIFY)),
        ),
        delete=delete_balancer,
        tags=TAGS,
        autoname=Autoname(length_limit=32),
        names={
            "loadBalancerType": "Type",
            "zoneId": "CanonicalHostedZoneId",
            "subnetMappings.privateIpv4Address": "PrivateIPv4Address",
            "subnetMappings.ipv6Address": "IPv6Address",
            **{name: f"Attributes.{key}" for name, key in BALANCER_ATTRIBUTES.items()},
            **dict.fromkeys(LOGS, "."),
            **{
                f"{name}.{part}": f"Attributes.{key}.{part}"
                for name, key in LOGS.items()
                for part in ("bucket", "enabled", "prefix")
            },
        },
        reads={"internal": "Scheme=='internal'", "subnets": "AvailabilityZones[].SubnetId", "subnetMappings": "`null`"},
        computed={"arnSuffix": lambda scope: scope.id.partition(":loadbalancer/")[2]},
        defaults={
            "clientKeepAlive": 3600,
            "desyncMitigationMode": "defensive",
            "dropInvalidHeaderFields": False,
            "enableDeletionProtection": False,
            "enableHttp2": True,
            "enableTlsVersionAndCipherSuiteHeaders": False,
            "enableWafFailOpen": False,
            "enableXffClientPort": False,
            "enableZonalShift": False,
            "idleTimeout": 60,
            "loadBalancerType": "application",
            "preserveHostHeader": False,
            "xffHeaderProcessingMode": "append",
        },
        handled="internal",
        echoed="enablePrefixForIpv6SourceNat enforceSecurityGroupInboundRulesOnPrivateLinkTraffic ipamPools "
        "minimumLoadBalancerCapacity secondaryIpsAutoAssignedPerSubnet",
        immutable={"a load balancer keeps its kind": "name internal loadBalancerType customerOwnedIpv4Pool"},
        replaced_when={"securityGroups": is_guarded_otherwise, "subnetMappings": is_moved, "subnets": is_moved},
        validate=validate_balancer,
    ),
)
