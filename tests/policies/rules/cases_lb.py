"""For each rule over load balancers, EKS, logs, alarms and KMS: what passes, what fails and where, and what must wait."""

from slipway_policies.rules.eks.clusters import LOG_TYPES
from tests.support.policies.analyzer import UNKNOWN
from tests.support.policies.samples import FROM_HOME, LOG_GROUP, PUBLIC, Case, at, statement

BALANCER, LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
TARGETS, EKS = "aws:lb/targetGroup:TargetGroup", "aws:eks/cluster:Cluster"
ALARM, KEY = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:kms/key:Key"
PUBLIC_API = "vpcConfig.endpointPublicAccess"
BEST_TLS = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
OLD_TLS = [None, "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-0-2021-06"]


def listener(*actions: dict[str, object], protocol: str = "HTTP") -> dict[str, object]:
    """A listener with these default actions."""
    return {"protocol": protocol, "defaultActions": list(actions)}


def redirect(protocol: str) -> dict[str, object]:
    """An action that redirects."""
    return {"type": "redirect", "redirect": {"protocol": protocol, "statusCode": "HTTP_301"}}


def api(public: object, *cidrs: str) -> dict[str, object]:
    """An EKS cluster whose API is reached so."""
    return {"vpcConfig": {"endpointPublicAccess": public, "publicAccessCidrs": list(cidrs)}}


LB_CASES = [
    at("lb-access-logs", BALANCER, "accessLogs.enabled", [True], [None, False]),
    Case("lb-access-logs", BALANCER, [{"loadBalancerType": "gateway"}, {"loadBalancerType": "network"}], []),
    at("lb-drop-invalid-headers", BALANCER, "dropInvalidHeaderFields", [True], [None, False]),
    Case("lb-drop-invalid-headers", BALANCER, [{"loadBalancerType": "network"}], []),
    at("lb-desync-mode", BALANCER, "desyncMitigationMode", [None, "defensive", "strictest"], ["monitor"]),
    at("lb-deletion-protection", BALANCER, "enableDeletionProtection", [True], [None, False]),
    at(
        "lb-cross-zone",
        BALANCER,
        "enableCrossZoneLoadBalancing",
        [True],
        [None, False],
        loadBalancerType="network",
    ),
    Case("lb-cross-zone", BALANCER, [{}, {"loadBalancerType": "application"}], []),
    at("lb-multi-az", BALANCER, "subnets", [["subnet-1", "subnet-2"], ["subnet-1", UNKNOWN]], [None, [], ["subnet-1"]]),
    Case("lb-multi-az", BALANCER, [{"subnetMappings": [{"subnetId": "a"}, {"subnetId": "b"}]}], []),
    at("lb-internal", BALANCER, "internal", [True], [None, False]),
    at("tg-health-check", TARGETS, "healthCheck.path", ["/health"], [None, ""], protocol="HTTP"),
    Case(
        "tg-health-check",
        TARGETS,
        [{"targetType": "lambda"}, {"protocol": "TCP"}],
        [({"protocol": "HTTPS", "healthCheck": {"path": "/", "enabled": False}}, ["healthCheck.enabled"])],
    ),
    at("tg-protocol-encrypted", TARGETS, "protocol", ["HTTPS", "TLS"], [None, "HTTP", "TCP"]),
    Case("tg-protocol-encrypted", TARGETS, [{"targetType": "lambda"}, {"targetType": "alb", "protocol": "TCP"}], []),
    at("tg-healthcheck-encrypted", TARGETS, "healthCheck.protocol", ["HTTPS"], [None, "HTTP", "TCP"]),
    Case("tg-healthcheck-encrypted", TARGETS, [{"targetType": "lambda"}, {"protocol": "GENEVE"}], []),
    Case(
        "lb-listener-https",
        LISTENER,
        [listener(redirect("HTTPS")), listener({"type": "forward"}, protocol="HTTPS"), listener(protocol="TCP")],
        [
            (listener(), ["protocol is HTTP"]),
            (listener({"type": "forward"}), ["protocol is HTTP"]),
            (listener(redirect("HTTP")), ["protocol is HTTP"]),
        ],
        [listener(protocol=UNKNOWN), listener({"type": UNKNOWN})],
    ),
    *(
        at("lb-listener-tls-policy", LISTENER, "sslPolicy", [BEST_TLS], OLD_TLS, protocol=protocol)
        for protocol in ("HTTPS", "TLS")
    ),
    at(
        "lb-listener-tls-recommended",
        LISTENER,
        "sslPolicy",
        [BEST_TLS, "ELBSecurityPolicy-TLS13-1-3-2021-06"],
        [*OLD_TLS, "ELBSecurityPolicy-TLS-1-2-2017-01"],
        protocol="HTTPS",
    ),
    at("lb-listener-tls-pq", LISTENER, "sslPolicy", [BEST_TLS], [*OLD_TLS], protocol="HTTPS"),
    at(
        "lb-listener-acm",
        LISTENER,
        "certificateArn",
        ["arn:aws:acm:eu-west-1:123456789012:certificate/a"],
        [None, "arn:aws:iam::123456789012:server-certificate/a"],
        protocol="HTTPS",
    ),
    *(
        Case(rule, LISTENER, [{"protocol": "HTTP"}], [], [{"protocol": "HTTPS", "sslPolicy": UNKNOWN}])
        for rule in ("lb-listener-tls-policy", "lb-listener-tls-recommended", "lb-listener-tls-pq")
    ),
    at("eks-endpoint-not-public", EKS, PUBLIC_API, [False], [None, True]),
    Case(
        "eks-endpoint-cidr",
        EKS,
        [api(False), api(True, "203.0.113.0/24"), api(None, "0.0.0.0/1")],
        [
            ({}, ["vpcConfig.publicAccessCidrs"]),
            (api(True), ["vpcConfig.publicAccessCidrs"]),
            (api(True, "0.0.0.0/1", "128.0.0.0/1"), ["vpcConfig.publicAccessCidrs"]),
            (api(True, "everywhere"), ["vpcConfig.publicAccessCidrs[0] is not a CIDR"]),
        ],
        [{"vpcConfig": UNKNOWN}, api(True, UNKNOWN)],
    ),
    at("eks-secrets-encryption", EKS, "encryptionConfig.resources", [["secrets"]], [None, [], ["other"]]),
    at(
        "eks-control-plane-logging",
        EKS,
        "enabledClusterLogTypes",
        [list(LOG_TYPES)],
        [None, [], ["api", "audit"]],
    ),
    at("eks-supported-version", EKS, "version", [None, "1.33", "1.40"], ["1.9", "1.29", "1.31"]),
    Case(
        "eks-supported-version",
        EKS,
        [{"version": "1.30"}],
        [({"version": "1.29"}, ["version is below 1.30"]), ({"version": "latest"}, ["version is not a version"])],
        [{"version": UNKNOWN}],
        {"minimumVersion": "1.30"},
    ),
    Case(
        "eks-nodegroup-remote-access",
        "aws:eks/nodeGroup:NodeGroup",
        [{}, {"remoteAccess": {}}, {"remoteAccess": {"ec2SshKey": "key", "sourceSecurityGroupIds": ["sg-1"]}}],
        [
            ({"remoteAccess": {"ec2SshKey": "key"}}, ["remoteAccess.sourceSecurityGroupIds"]),
            (
                {"remoteAccess": {"ec2SshKey": "key", "sourceSecurityGroupIds": []}},
                ["remoteAccess.sourceSecurityGroupIds"],
            ),
        ],
        [{"remoteAccess": UNKNOWN}, {"remoteAccess": {"ec2SshKey": "key", "sourceSecurityGroupIds": UNKNOWN}}],
    ),
    at("eks-deletion-protection", EKS, "deletionProtection", [True], [None, False]),
    at(
        "eks-access-entries",
        EKS,
        "accessConfig.authenticationMode",
        [None, "API", "API_AND_CONFIG_MAP"],
        ["CONFIG_MAP"],
    ),
    at("log-group-encrypted", LOG_GROUP, "kmsKeyId", ["arn:aws:kms:k"], [None, ""]),
    at("alarm-has-action", ALARM, "alarmActions", [["arn:aws:sns:t"], [UNKNOWN]], [None, []]),
    at("alarm-actions-enabled", ALARM, "actionsEnabled", [None, True], [False]),
    at("alarm-treat-missing-data", ALARM, "treatMissingData", ["notBreaching"], [None, ""], metricName="Errors"),
    Case("alarm-treat-missing-data", ALARM, [{"metricName": "CPUUtilization"}], [], [{"metricName": UNKNOWN}]),
    at("kms-rotation", KEY, "enableKeyRotation", [True], [None, False]),
    Case("kms-rotation", KEY, [{"customerMasterKeySpec": "RSA_2048"}, {"keyUsage": "SIGN_VERIFY"}], []),
    *(
        Case(
            "kms-no-wildcard-principal",
            kind,
            [
                {},
                statement(**PUBLIC, Condition=FROM_HOME),
                statement(**PUBLIC, Condition={"StringEquals": {"kms:CallerAccount": "123456789012"}}),
                statement(Principal={"AWS": "arn:aws:iam::123456789012:root"}, Action="kms:*"),
            ],
            [
                (statement(**PUBLIC), ["policy.Statement[0]"]),
                (statement(Principal={"AWS": ["*"]}, Action="kms:Decrypt"), ["policy.Statement[0]"]),
                (
                    statement(**PUBLIC, Condition={"StringLike": {"kms:CallerAccount": "*"}}),
                    ["policy.Statement[0]"],
                ),
            ],
            [{"policy": UNKNOWN}],
        )
        for kind in (KEY, "aws:kms/keyPolicy:KeyPolicy")
    ),
    at("kms-deletion-window", KEY, "deletionWindowInDays", [None, 30], [7, 29]),
    at("kms-enabled", KEY, "isEnabled", [None, True], [False]),
    at("kms-no-bypass-lockout", KEY, "bypassPolicyLockoutSafetyCheck", [None, False], [True]),
    at("kms-description", KEY, "description", ["Orders"], [None, " ", "Managed by Pulumi"]),
]
