"""Rules for load balancers and target groups.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html
"""

from slipway_policies.engine.registry import (
    ADVISORY,
    LOW,
    MANDATORY,
    MEDIUM,
    OFF,
    Deferred,
    Finding,
    Outcomes,
    deny,
    rule,
)
from slipway_policies.engine.resources import Resource

# The provider has one resource under several names, old ones among them.
MODULES = ("lb", "alb", "applicationloadbalancing", "elasticloadbalancingv2")
LOAD_BALANCERS = tuple(f"aws:{module}/loadBalancer:LoadBalancer" for module in MODULES)
TARGET_GROUPS = tuple(f"aws:{module}/targetGroup:TargetGroup" for module in MODULES)
CLASSIC_BALANCER = "aws:elb/loadBalancer:LoadBalancer"
CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html"
APPLICATION, NETWORK, GATEWAY = ("", "application"), ("network",), ("gateway",)


@rule(
    *LOAD_BALANCERS,
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ELB.5", "CIS 4.10", "NIST AU-12"),
    link=f"{CONTROLS}#elb-5",
    fix=(
        "set accessLogs.enabled to true with a bucket; load_balancer.access_logs_bucket of slipway's FargateService "
        "does so"
    ),
)
def lb_access_logs(balancer: Resource) -> Outcomes:
    """Application load balancers keep a log of requests.

    A gateway load balancer has no such log, a network one only of its TLS listeners; AWS's control asks neither.
    """
    enabled = balancer["accessLogs"]["enabled"]
    if balancer["loadBalancerType"].known_text() in APPLICATION:
        yield from deny(enabled, not enabled.true, "is not true, so there is no record of requests")


@rule(
    *LOAD_BALANCERS,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ELB.4", "NIST SC-8(2)"),
    link=f"{CONTROLS}#elb-4",
    fix="set dropInvalidHeaderFields to true, as slipway's FargateService does",
    remedy={"dropInvalidHeaderFields": True},
)
def lb_drop_invalid_headers(balancer: Resource) -> Outcomes:
    """Application load balancers drop headers with invalid names."""
    drop = balancer["dropInvalidHeaderFields"]
    if balancer["loadBalancerType"].known_text() in APPLICATION:
        yield from deny(drop, not drop.true, "is not true, so invalid headers can smuggle requests")


@rule(
    *LOAD_BALANCERS,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP ELB.12", "NIST AC-4(21)"),
    link=f"{CONTROLS}#elb-12",
    fix=(
        "remove desyncMitigationMode (default: defensive), or set it to strictest; slipway's FargateService uses "
        "the default"
    ),
    remedy={"desyncMitigationMode": "defensive"},
)
def lb_desync_mode(balancer: Resource) -> Outcomes:
    """Application load balancers protect against request smuggling."""
    mode = balancer["desyncMitigationMode"]
    yield from deny(mode, mode.text() == "monitor", "is monitor, so smuggled requests pass")


@rule(
    *LOAD_BALANCERS,
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ELB.6", "NIST CM-3"),
    link=f"{CONTROLS}#elb-6",
    fix="set enableDeletionProtection to true (load_balancer.deletion_protection of slipway's FargateService)",
    remedy={"enableDeletionProtection": True},
)
def lb_deletion_protection(balancer: Resource) -> Outcomes:
    """Load balancers in production are protected against deletion by a single call."""
    protection = balancer["enableDeletionProtection"]
    yield from deny(protection, not protection.true, "is not true")


@rule(
    *LOAD_BALANCERS,
    level=ADVISORY,
    severity=LOW,
    controls=("NIST CP-10",),
    link="https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html",
    fix="set enableCrossZoneLoadBalancing to true; slipway's FargateService has an application load balancer, which "
    "always does so",
    remedy={"enableCrossZoneLoadBalancing": True},
)
def lb_cross_zone(balancer: Resource) -> Outcomes:
    """Network and gateway load balancers send to the targets of every zone."""
    cross = balancer["enableCrossZoneLoadBalancing"]
    if balancer["loadBalancerType"].known_text() in NETWORK + GATEWAY:
        yield from deny(cross, not cross.true, "is not true, so clients fail in a zone without healthy targets")


@rule(
    *LOAD_BALANCERS,
    level=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP ELB.13", "NIST CP-10"),
    link=f"{CONTROLS}#elb-13",
    fix="name subnets of at least two zones (load_balancer.subnet_ids of slipway's FargateService refuses fewer)",
)
def lb_multi_az(balancer: Resource) -> Outcomes:
    """Load balancers stand in two zones at least."""
    subnets, mappings = balancer["subnets"], balancer["subnetMappings"]
    for subnet in (subnets, mappings):
        if subnet.unknown:
            yield Deferred(subnet.path)
            return
    if len([*subnets.elements(), *mappings.elements()]) < 2:
        yield Finding(subnets.path, "are fewer than two, so the failure of one zone is an outage")


@rule(
    *LOAD_BALANCERS,
    level=OFF,
    severity=MEDIUM,
    controls=("NIST SC-7",),
    link="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
    fix=(
        "set internal to true (load_balancer.internal of slipway's FargateService); on an existing balancer this "
        "replaces it"
    ),
)
def lb_internal(balancer: Resource) -> Outcomes:
    """Load balancers are internal.

    Off unless configured: for stacks without users on the internet. Elsewhere sg-no-public-ingress is the rule to use.
    """
    internal = balancer["internal"]
    yield from deny(internal, not internal.true, "is not true, so the internet can reach it")


@rule(
    *TARGET_GROUPS,
    level=ADVISORY,
    severity=LOW,
    link="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    fix=(
        "keep healthCheck.enabled and set healthCheck.path to the program's own health check (health_check_path of "
        "slipway's FargateService)"
    ),
)
def tg_health_check(group: Resource) -> Outcomes:
    """Target groups ask their targets whether they are well, on a path made for it."""
    check = group["healthCheck"]
    enabled, path = check["enabled"], check["path"]
    if group["targetType"].known_text() == "lambda" or group["protocol"].known_text() not in ("HTTP", "HTTPS"):
        return
    if enabled.false:
        yield Finding(enabled.path, "is false, so traffic goes to targets that are down")
    yield from deny(path, not path.text(), "is missing, so the check requests /")


@rule(
    *TARGET_GROUPS,
    level=OFF,
    severity=MEDIUM,
    controls=("FSBP ELB.22",),
    link=f"{CONTROLS}#elb-22",
    fix=(
        "set protocol to HTTPS or TLS and serve it in the target; slipway's FargateService uses HTTP to its tasks, "
        "open to the load balancer only; on an existing group this replaces it"
    ),
)
def tg_protocol_encrypted(group: Resource) -> Outcomes:
    """Load balancers speak TLS to their targets."""
    protocol, kind = group["protocol"], group["targetType"].known_text()
    if kind not in ("lambda", "alb"):
        plain = protocol.text() not in ("HTTPS", "TLS", "QUIC", "TCP_QUIC", "GENEVE")
        yield from deny(protocol, plain, "is not encrypted")


@rule(
    *TARGET_GROUPS,
    level=OFF,
    severity=MEDIUM,
    controls=("FSBP ELB.21",),
    link=f"{CONTROLS}#elb-21",
    fix="set healthCheck.protocol to HTTPS; slipway's FargateService checks its tasks over HTTP",
)
def tg_healthcheck_encrypted(group: Resource) -> Outcomes:
    """Load balancers check their targets over TLS."""
    protocol = group["healthCheck"]["protocol"]
    if group["targetType"].known_text() not in ("lambda", "alb") and group["protocol"].known_text() != "GENEVE":
        yield from deny(protocol, protocol.text() != "HTTPS", "is not HTTPS")
