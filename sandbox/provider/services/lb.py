"""Load balancers, target groups, listeners and their rules."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.aws_client import AwsError
from sandbox.provider.declaration import Autoname, Call, Resource, Tags, Update
from sandbox.provider.mapping import Names, convert
from sandbox.provider.scope import Scope

TAGS = Tags(
    add=Call("add_tags", {"ResourceArns": ["{id}"]}),
    remove=Call("remove_tags", {"ResourceArns": ["{id}"]}),
    read=Call("describe_tags", {"ResourceArns": ["{id}"]}, reply="TagDescriptions[0].Tags"),
)
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
GROUP_ATTRIBUTES = {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "slowStart": "slow_start.duration_seconds",
}
STICKINESS = {
    "stickiness": ".",
    "stickiness.cookieDuration": "Attributes.stickiness.lb_cookie.duration_seconds",
    "stickiness.cookieName": "Attributes.stickiness.app_cookie.cookie_name",
    "stickiness.enabled": "Attributes.stickiness.enabled",
    "stickiness.type": "Attributes.stickiness.type",
}
HEALTH_CHECK = {
    "healthCheck": ".",
    "healthCheck.enabled": "HealthCheckEnabled",
    "healthCheck.healthyThreshold": "HealthyThresholdCount",
    "healthCheck.interval": "HealthCheckIntervalSeconds",
    "healthCheck.matcher": "Matcher.HttpCode",
    "healthCheck.path": "HealthCheckPath",
    "healthCheck.port": "HealthCheckPort",
    "healthCheck.protocol": "HealthCheckProtocol",
    "healthCheck.timeout": "HealthCheckTimeoutSeconds",
    "healthCheck.unhealthyThreshold": "UnhealthyThresholdCount",
}
MODIFY = {"LoadBalancerArn": "{id}"}


def actions(prefix: str) -> dict[str, str]:
    """Names within a list of actions."""
    blocks = {
        "authenticateCognito": "AuthenticateCognitoConfig",
        "authenticateOidc": "AuthenticateOidcConfig",
        "fixedResponse": "FixedResponseConfig",
        "forward": "ForwardConfig",
        "jwtValidation": "JwtValidationConfig",
        "redirect": "RedirectConfig",
        "forward.targetGroups.arn": "TargetGroupArn",
        "forward.stickiness": "TargetGroupStickinessConfig",
        "forward.stickiness.duration": "DurationSeconds",
    }
    return {f"{prefix}.{name}": member for name, member in blocks.items()}


CONDITION_FIELDS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}


def conditions(scope: Scope) -> list[dict[str, Any]]:
    """Each block of a condition as the field that it is about."""
    shape: Any = scope.cloud.client.shape("elbv2", "create_rule", scope.region)
    members = shape.members["Conditions"].member.members
    found = []
    for condition in scope.inputs["conditions"]:
        for name, value in condition.items():
            field, member = CONDITION_FIELDS[name]
            block = {"values": value} if name == "queryStrings" else value
            found.append({"Field": field, member: convert(members[member], block, Names("", {}), "")})
    return found


def read_rule(scope: Scope) -> Mapping[str, Any] | None:
    """The rule, its conditions as blocks."""
    found = dict(scope.call("describe_rules", RuleArns=[scope.id])["Rules"][0])
    blocks = []
    for condition in found.pop("Conditions"):
        name, member = next((name, pair[1]) for name, pair in CONDITION_FIELDS.items() if pair[0] == condition["Field"])
        config = condition.get(member) or {"Values": condition.get("Values", [])}
        blocks.append({name: config.get("Values") if name == "queryStrings" else config})
    return {**found, "Conditions": blocks}


def next_priority(scope: Scope) -> int:
    """The rule's own priority, or the first after all others of its listener."""
    if scope.inputs.get("priority"):
        return int(scope.inputs["priority"])
    rules = scope.call("describe_rules", ListenerArn=scope.inputs["listenerArn"])["Rules"]
    return max([int(rule["Priority"]) for rule in rules if rule["Priority"] != "default"], default=0) + 1


def delete_balancer(scope: Scope) -> None:
    """Deletes the load balancer; moto does not enforce deletion protection, AWS does."""
    listed = scope.call("describe_load_balancer_attributes", LoadBalancerArn=scope.id)["Attributes"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} in listed:
        reason = f"Load balancer '{scope.id}' cannot be deleted because deletion protection is enabled"
        raise AwsError("DeleteLoadBalancer", "OperationNotPermitted", reason)
    scope.call("delete_load_balancer", LoadBalancerArn=scope.id)


def validate_balancer(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An application load balancer stands in two zones."""
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


def certificates(scope: Scope) -> list[dict[str, str]] | None:
    """The listener's certificate, if it has one."""
    arn = scope.get("certificateArn")
    return [{"CertificateArn": arn}] if arn else None


LISTENER_PROPERTIES = "alpnPolicy certificateArn defaultActions mutualAuthentication port protocol sslPolicy"
HEADERS = "routingHttpRequestXAmznMtlsClientcert"
RESPONSE = "routingHttpResponse"

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
        immutable={"a load balancer keeps its kind": "name namePrefix internal loadBalancerType customerOwnedIpv4Pool"},
        validate=validate_balancer,
    ),
    Resource(
        "aws:lb/targetGroup:TargetGroup",
        "elbv2",
        create=Call("create_target_group", reply="TargetGroups[0]"),
        id="TargetGroupArn",
        read=(
            Call("describe_target_groups", {"TargetGroupArns": ["{id}"]}, reply="TargetGroups[0]"),
            Call("describe_target_group_attributes", {"TargetGroupArn": "{id}"}),
        ),
        updates=(
            Update("healthCheck", Call("modify_target_group", {"TargetGroupArn": "{id}"})),
            Update(
                " ".join((*GROUP_ATTRIBUTES, "stickiness")),
                Call("modify_target_group_attributes", {"TargetGroupArn": "{id}"}),
            ),
        ),
        delete=Call("delete_target_group", {"TargetGroupArn": "{id}"}),
        tags=TAGS,
        autoname=Autoname(length_limit=32),
        names={**HEALTH_CHECK, **STICKINESS, **{name: f"Attributes.{key}" for name, key in GROUP_ATTRIBUTES.items()}},
        computed={"arnSuffix": lambda scope: scope.id.rpartition(":")[2]},
        defaults={"deregistrationDelay": 300, "proxyProtocolV2": False, "slowStart": 0, "targetType": "instance"},
        echoed="targetControlPort targetFailovers targetGroupHealth targetHealthStates",
        immutable={
            "what a target group sends to is its nature": "name namePrefix ipAddressType port protocol protocolVersion targetType vpcId"
        },
    ),
    Resource(
        "aws:lb/listener:Listener",
        "elbv2",
        create=Call("create_listener", {"Certificates": certificates}, reply="Listeners[0]"),
        id="ListenerArn",
        read=(Call("describe_listeners", {"ListenerArns": ["{id}"]}, reply="Listeners[0]"),),
        updates=(
            Update(LISTENER_PROPERTIES, Call("modify_listener", {"ListenerArn": "{id}", "Certificates": certificates})),
        ),
        delete=Call("delete_listener", {"ListenerArn": "{id}"}),
        tags=TAGS,
        names={
            **actions("defaultActions"),
            "mutualAuthentication.advertiseTrustStoreCaNames": "AdvertiseTrustStoreCaNames",
        },
        reads={
            "alpnPolicy": "AlpnPolicy[0] != 'None' && AlpnPolicy[0] || null",
            "certificateArn": "Certificates[0].CertificateArn",
        },
        ordered="defaultActions",
        handled="certificateArn",
        echoed=f"{HEADERS}HeaderName {HEADERS}IssuerHeaderName {HEADERS}LeafHeaderName {HEADERS}SerialNumberHeaderName "
        f"{HEADERS}SubjectHeaderName {HEADERS}ValidityHeaderName routingHttpRequestXAmznTlsCipherSuiteHeaderName "
        f"routingHttpRequestXAmznTlsVersionHeaderName {RESPONSE}AccessControlAllowCredentialsHeaderValue "
        f"{RESPONSE}AccessControlAllowHeadersHeaderValue {RESPONSE}AccessControlAllowMethodsHeaderValue "
        f"{RESPONSE}AccessControlAllowOriginHeaderValue {RESPONSE}AccessControlExposeHeadersHeaderValue "
        f"{RESPONSE}AccessControlMaxAgeHeaderValue {RESPONSE}ContentSecurityPolicyHeaderValue {RESPONSE}ServerEnabled "
        f"{RESPONSE}StrictTransportSecurityHeaderValue {RESPONSE}XContentTypeOptionsHeaderValue "
        f"{RESPONSE}XFrameOptionsHeaderValue tcpIdleTimeoutSeconds",
        immutable={"a listener belongs to one load balancer": "loadBalancerArn"},
    ),
    Resource(
        "aws:lb/listenerRule:ListenerRule",
        "elbv2",
        create=Call("create_rule", {"Conditions": conditions, "Priority": next_priority}, reply="Rules[0]"),
        id="RuleArn",
        read=read_rule,
        updates=(
            Update("actions conditions", Call("modify_rule", {"RuleArn": "{id}", "Conditions": conditions})),
            Update(
                "priority",
                lambda scope: scope.call(
                    "set_rule_priorities", RulePriorities=[{"RuleArn": scope.id, "Priority": next_priority(scope)}]
                ),
            ),
        ),
        delete=Call("delete_rule", {"RuleArn": "{id}"}),
        tags=TAGS,
        names=actions("actions"),
        computed={"listenerArn": lambda scope: scope.id.replace(":listener-rule/", ":listener/").rpartition("/")[0]},
        ordered="actions",
        handled="conditions priority",
        echoed="transforms",
        immutable={"a rule belongs to one listener": "listenerArn"},
    ),
)
