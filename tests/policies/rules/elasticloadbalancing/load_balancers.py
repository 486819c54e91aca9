"""Cases of the rules in `elasticloadbalancing.load_balancers`: Load balancers."""

from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.graph_samples import BALANCER, TARGETS
from tests.support.policies.samples import FALSE_OR_ABSENT, TRUE_VALUES, Case, at

CASES: list[Case] = [
    at("lb-access-logs", BALANCER, "accessLogs.enabled", passes=[True], fails=[None, False]),
    Case(
        rule="lb-access-logs",
        kind=BALANCER,
        passes=[{"loadBalancerType": "gateway"}, {"loadBalancerType": "network"}],
        fails=[],
    ),
    at("lb-drop-invalid-headers", BALANCER, "dropInvalidHeaderFields", passes=[True], fails=[None, False]),
    Case(rule="lb-drop-invalid-headers", kind=BALANCER, passes=[{"loadBalancerType": "network"}], fails=[]),
    at("lb-desync-mode", BALANCER, "desyncMitigationMode", passes=[None, "defensive", "strictest"], fails=["monitor"]),
    at("lb-deletion-protection", BALANCER, "enableDeletionProtection", passes=[True], fails=[None, False]),
    at(
        "lb-cross-zone",
        BALANCER,
        "enableCrossZoneLoadBalancing",
        passes=[True],
        fails=[None, False],
        loadBalancerType="network",
    ),
    Case(rule="lb-cross-zone", kind=BALANCER, passes=[{}, {"loadBalancerType": "application"}], fails=[]),
    at(
        "lb-multi-az",
        BALANCER,
        "subnets",
        passes=[["subnet-1", "subnet-2"], ["subnet-1", UNKNOWN]],
        fails=[None, [], ["subnet-1"]],
    ),
    Case(
        rule="lb-multi-az", kind=BALANCER, passes=[{"subnetMappings": [{"subnetId": "a"}, {"subnetId": "b"}]}], fails=[]
    ),
    at("lb-internal", BALANCER, "internal", passes=[True], fails=[None, False]),
    at("tg-health-check", TARGETS, "healthCheck.path", passes=["/health"], fails=[None, ""], protocol="HTTP"),
    Case(
        rule="tg-health-check",
        kind=TARGETS,
        passes=[{"targetType": "lambda"}, {"protocol": "TCP"}],
        fails=[({"protocol": "HTTPS", "healthCheck": {"path": "/", "enabled": False}}, ["healthCheck.enabled"])],
    ),
    at("tg-protocol-encrypted", TARGETS, "protocol", passes=["HTTPS", "TLS"], fails=[None, "HTTP", "TCP"]),
    Case(
        rule="tg-protocol-encrypted",
        kind=TARGETS,
        passes=[{"targetType": "lambda"}, {"targetType": "alb", "protocol": "TCP"}],
        fails=[],
    ),
    at("tg-healthcheck-encrypted", TARGETS, "healthCheck.protocol", passes=["HTTPS"], fails=[None, "HTTP", "TCP"]),
    Case(
        rule="tg-healthcheck-encrypted",
        kind=TARGETS,
        passes=[{"targetType": "lambda"}, {"protocol": "GENEVE"}],
        fails=[],
    ),
    at(
        "lb-access-logs",
        BALANCER,
        "accessLogs.enabled",
        passes=TRUE_VALUES,
        fails=FALSE_OR_ABSENT,
        loadBalancerType="application",
    ),
    at(
        "lb-drop-invalid-headers",
        BALANCER,
        "dropInvalidHeaderFields",
        passes=TRUE_VALUES,
        fails=FALSE_OR_ABSENT,
        loadBalancerType="application",
    ),
    at(
        "lb-deletion-protection",
        BALANCER,
        "enableDeletionProtection",
        passes=TRUE_VALUES,
        fails=FALSE_OR_ABSENT,
        name=None,
    ),
    at(
        "lb-cross-zone",
        BALANCER,
        "enableCrossZoneLoadBalancing",
        passes=TRUE_VALUES,
        fails=FALSE_OR_ABSENT,
        loadBalancerType="gateway",
    ),
    at("lb-internal", BALANCER, "internal", passes=TRUE_VALUES, fails=FALSE_OR_ABSENT, name=None),
    at("lb-desync-mode", BALANCER, "desyncMitigationMode", passes=["strictest"], fails=["monitor"], name="a"),
    at("lb-desync-mode", BALANCER, "desyncMitigationMode", passes=["defensive"], fails=["monitor"], internal=True),
]
