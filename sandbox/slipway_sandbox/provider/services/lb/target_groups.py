"""Target groups."""

from slipway_sandbox.provider.aws.declaration import Autoname, Call, Resource, Update
from slipway_sandbox.provider.services.lb.common import TAGS

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

RESOURCES = (
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
        spellings={"protocol": str.upper, "healthCheck.protocol": str.upper},
        delete=Call("delete_target_group", {"TargetGroupArn": "{id}"}),
        tags=TAGS,
        autoname=Autoname(length_limit=32),
        names={**HEALTH_CHECK, **STICKINESS, **{name: f"Attributes.{key}" for name, key in GROUP_ATTRIBUTES.items()}},
        computed={"arnSuffix": lambda scope: scope.id.rpartition(":")[2]},
        defaults={"deregistrationDelay": 300, "proxyProtocolV2": False, "slowStart": 0, "targetType": "instance"},
        echoed="targetControlPort targetFailovers targetGroupHealth targetHealthStates",
        immutable={
            "what a target group sends to is its nature": "name ipAddressType port protocol protocolVersion targetType vpcId"
        },
    ),
)
