"""Cases of the rules in `elasticloadbalancing.listeners`: Listeners."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import LISTENER
from tests.support.policies.samples import Case, at


def listener(*actions: dict[str, object], protocol: str = "HTTP") -> dict[str, object]:
    """A listener with these default actions."""
    return {"protocol": protocol, "defaultActions": list(actions)}


def redirect(protocol: str) -> dict[str, object]:
    """A redirect action."""
    return {"type": "redirect", "redirect": {"protocol": protocol, "statusCode": "HTTP_301"}}


BEST_TLS = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

OLD_TLS = [None, "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-0-2021-06"]

HTTPS = {"protocol": "HTTPS"}

ALB_LISTENER = "aws:alb/listener:Listener"

CASES: list[Case] = [
    Case(
        rule="lb-listener-https",
        kind=LISTENER,
        passes=[listener(redirect("HTTPS")), listener({"type": "forward"}, protocol="HTTPS"), listener(protocol="TCP")],
        fails=[
            (listener(), ["protocol is HTTP"]),
            (listener({"type": "forward"}), ["protocol is HTTP"]),
            (listener(redirect("HTTP")), ["protocol is HTTP"]),
        ],
        waits=[listener(protocol=UNKNOWN), listener({"type": UNKNOWN})],
    ),
    *(
        at("lb-listener-tls-policy", LISTENER, "sslPolicy", passes=[BEST_TLS], fails=OLD_TLS, protocol=protocol)
        for protocol in ("HTTPS", "TLS")
    ),
    at(
        "lb-listener-tls-recommended",
        LISTENER,
        "sslPolicy",
        passes=[BEST_TLS, "ELBSecurityPolicy-TLS13-1-3-2021-06"],
        fails=[*OLD_TLS, "ELBSecurityPolicy-TLS-1-2-2017-01"],
        protocol="HTTPS",
    ),
    at("lb-listener-tls-pq", LISTENER, "sslPolicy", passes=[BEST_TLS], fails=[*OLD_TLS], protocol="HTTPS"),
    at(
        "lb-listener-acm",
        LISTENER,
        "certificateArn",
        passes=["arn:aws:acm:eu-west-1:123456789012:certificate/a"],
        fails=[None, "arn:aws:iam::123456789012:server-certificate/a"],
        protocol="HTTPS",
    ),
    *(
        Case(
            rule=rule,
            kind=LISTENER,
            passes=[{"protocol": "HTTP"}],
            fails=[],
            waits=[{"protocol": "HTTPS", "sslPolicy": UNKNOWN}],
        )
        for rule in ("lb-listener-tls-policy", "lb-listener-tls-recommended", "lb-listener-tls-pq")
    ),
    at(
        "lb-listener-tls-pq",
        LISTENER,
        "sslPolicy",
        passes=["ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"],
        fails=[""],
        **HTTPS,
    ),
    at(
        "lb-listener-acm", LISTENER, "certificateArn", passes=["arn:aws:acm:a", "arn:aws-cn:acm:b"], fails=[""], **HTTPS
    ),
    Case(
        rule="lb-listener-https",
        kind=ALB_LISTENER,
        passes=[{"defaultActions": [{"type": "forward"}]}],  # of a gateway load balancer
        fails=[({"port": 80, "defaultActions": [{"type": "forward"}]}, ["protocol is HTTP"])],
    ),
]
