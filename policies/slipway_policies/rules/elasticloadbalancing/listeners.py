"""Rules for the listeners of load balancers.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""

from typing import Final

from slipway_policies.data.lists import tls_policies
from slipway_policies.engine.registry import ADVISORY, HIGH, MANDATORY, MEDIUM, OFF, Deferred, Outcomes, deny, rule
from slipway_policies.engine.resources import Resource
from slipway_policies.engine.values import Value
from slipway_policies.rules.elasticloadbalancing.load_balancers import CONTROLS, MODULES

LISTENERS = tuple(f"aws:{module}/listener:Listener" for module in MODULES)
POLICIES: Final = tls_policies()
BEST: Final = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
LINK: Final = POLICIES["source"]


def _over_tls(listener: Resource) -> bool:
    """Whether it speaks TLS."""
    return listener["protocol"].known_text() in ("HTTPS", "TLS")


@rule(
    *LISTENERS,
    level=ADVISORY,
    production=MANDATORY,
    severity=MEDIUM,
    controls=("FSBP ELB.1", "FSBP ELB.18", "NIST SC-8"),
    link=f"{CONTROLS}#elb-1",
    fix="serve HTTPS with a certificate and let port 80 redirect (load_balancer.certificate_arn of slipway's "
    "FargateService does both)",
)
def lb_listener_https(listener: Resource) -> Outcomes:
    """HTTP listeners only redirect to HTTPS.

    The redirect passes here, as ELB.1 asks for it; ELB.18 has no exception for it. A listener with a port and no protocol
    counts as HTTP, the provider's default for application load balancers; network load balancers refuse it.
    """
    protocol = listener["protocol"]
    plain = protocol.text() == "HTTP" or (protocol.absent and not listener["port"].absent)
    actions = list(listener["defaultActions"].elements())
    if protocol.unknown:
        yield Deferred(protocol.path)
    elif plain:
        unknown = [value for action in actions for value in _redirect(action) if value.unknown]
        redirects = bool(actions) and all(_to_https(action) for action in actions)
        yield from deny(
            unknown[0] if unknown else protocol, not redirects, "is HTTP, and the listener does not redirect"
        )


def _redirect(action: Value) -> tuple[Value, Value]:
    return action["type"], action["redirect"]["protocol"]


def _to_https(action: Value) -> bool:
    kind, protocol = _redirect(action)
    return kind.text() == "redirect" and protocol.text() == "HTTPS"


@rule(
    *LISTENERS,
    level=MANDATORY,
    severity=HIGH,
    controls=("NIST SC-13",),
    link=LINK,
    fix=f"set sslPolicy to {BEST}, as slipway's FargateService does",
    remedy={"sslPolicy": BEST},
)
def lb_listener_tls_policy(listener: Resource) -> Outcomes:
    """HTTPS and TLS listeners refuse TLS 1.0 and 1.1.

    Without sslPolicy a listener takes ELBSecurityPolicy-2016-08, with both versions.
    """
    policy = listener["sslPolicy"]
    if _over_tls(listener):
        old = policy.text() in ("", *POLICIES["allow_tls_below_1_2"])
        yield from deny(policy, old, "is missing or accepts TLS 1.0 or 1.1")


@rule(
    *LISTENERS,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("FSBP ELB.17", "NIST SC-13"),
    link=f"{CONTROLS}#elb-17",
    fix=f"set sslPolicy to {BEST}, as slipway's FargateService does",
    remedy={"sslPolicy": BEST},
)
def lb_listener_tls_recommended(listener: Resource) -> Outcomes:
    """HTTPS and TLS listeners use a policy recommended by AWS: TLS 1.3, and TLS 1.2 with forward secrecy only."""
    policy = listener["sslPolicy"]
    if _over_tls(listener):
        recommended = policy.text().startswith(tuple(POLICIES["recommended"]))
        yield from deny(policy, not recommended, "is not recommended by AWS")


@rule(
    *LISTENERS,
    level=OFF,
    production=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-13",),
    link=LINK,
    fix=f"set sslPolicy to {BEST}, as slipway's FargateService does",
    remedy={"sslPolicy": BEST},
)
def lb_listener_tls_pq(listener: Resource) -> Outcomes:
    """HTTPS and TLS listeners offer post-quantum key exchange, so traffic recorded today stays secret."""
    policy = listener["sslPolicy"]
    if _over_tls(listener):
        yield from deny(policy, "-PQ-" not in policy.text(), "has no post-quantum key exchange")


@rule(
    *LISTENERS,
    level=ADVISORY,
    severity=MEDIUM,
    controls=("NIST SC-23(5)",),
    link="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html",
    fix=(
        "set certificateArn to a certificate of ACM, with automatic renewal (load_balancer.certificate_arn of "
        "slipway's FargateService)"
    ),
)
def lb_listener_acm(listener: Resource) -> Outcomes:
    """HTTPS and TLS listeners have a certificate of ACM."""
    certificate = listener["certificateArn"]
    if _over_tls(listener):
        yield from deny(
            certificate, ":acm:" not in certificate.text(), "is missing or not from ACM, so it expires without renewal"
        )
