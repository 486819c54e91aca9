"""Listeners and their rules."""

from slipway_sandbox.provider.aws.declaration import Call, Resource, Update
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.mapping import convert
from slipway_sandbox.provider.properties.names import Names
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.lb.common import TAGS


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


def conditions(scope: Scope) -> list[dict[str, Value]]:
    """Conditions for AWS's calls, one for each field."""
    shape = scope.cloud.client.shape("elbv2", "create_rule", scope.region)
    members = shape.members["Conditions"].member.members if shape else {}
    fields: list[dict[str, Value]] = []
    for condition in blocks(scope.inputs, "conditions"):
        for name, value in condition.items():
            field, member = CONDITION_FIELDS[name]
            config = {"values": value} if name == "queryStrings" else value
            fields.append({"Field": field, member: convert(members[member], config, Names("", {}), "")})
    return fields


def read_rule(scope: Scope) -> Properties | None:
    """The rule, its conditions as blocks."""
    rule = blocks(scope.call("describe_rules", RuleArns=[scope.id]), "Rules")[0]
    fields = []
    for condition in blocks(rule, "Conditions"):
        name, member = next((name, pair[1]) for name, pair in CONDITION_FIELDS.items() if pair[0] == condition["Field"])
        config = block(condition, member) or {"Values": condition.get("Values", [])}
        fields.append({name: config.get("Values") if name == "queryStrings" else config})
    return {**rule, "Conditions": fields}


def next_priority(scope: Scope) -> int:
    """The rule's own priority, or the next one after all others of its listener."""
    if priority := scope.inputs.get("priority"):
        return int(str(priority))
    rules = blocks(scope.call("describe_rules", ListenerArn=scope.inputs["listenerArn"]), "Rules")
    priorities = [text(rule, "Priority") for rule in rules]
    return max([int(priority) for priority in priorities if priority != "default"], default=0) + 1


def protocol(scope: Scope) -> str | None:
    """The listener's protocol. Default on an application load balancer: HTTP."""
    is_application = ":loadbalancer/app/" in text(scope.inputs, "loadBalancerArn")
    return text(scope.inputs, "protocol", "") or ("HTTP" if is_application else None)


def certificates(scope: Scope) -> list[dict[str, Value]] | None:
    """The listener's certificate, if it has one."""
    arn = scope.get("certificateArn")
    return [{"CertificateArn": arn}] if arn else None


LISTENER_PROPERTIES = "alpnPolicy certificateArn defaultActions mutualAuthentication port protocol sslPolicy"
HEADERS = (
    "request.x_amzn_mtls_clientcert request.x_amzn_mtls_clientcert_issuer request.x_amzn_mtls_clientcert_leaf "
    "request.x_amzn_mtls_clientcert_serial_number request.x_amzn_mtls_clientcert_subject "
    "request.x_amzn_mtls_clientcert_validity request.x_amzn_tls_cipher_suite request.x_amzn_tls_version "
    "response.access_control_allow_credentials response.access_control_allow_headers response.access_control_allow_methods "
    "response.access_control_allow_origin response.access_control_expose_headers response.access_control_max_age "
    "response.content_security_policy response.strict_transport_security response.x_content_type_options "
    "response.x_frame_options"
)


def attribute_property(key: str) -> str:
    """The property of a listener's attribute: routing.http.response.server.enabled is routingHttpResponseServerEnabled."""
    first, *others = key.replace(".", "_").split("_")
    return first + "".join(word.capitalize() for word in others)


ATTRIBUTE_KEYS = (
    "routing.http.response.server.enabled",
    "tcp.idle_timeout.seconds",
    *(
        f"routing.http.{header}.header_{'name' if header.startswith('request') else 'value'}"
        for header in HEADERS.split()
    ),
)
ATTRIBUTES = {attribute_property(key): f"Attributes.{key}" for key in ATTRIBUTE_KEYS}

RESOURCES = (
    Resource(
        "aws:lb/listener:Listener",
        "elbv2",
        create=Call("create_listener", {"Certificates": certificates, "Protocol": protocol}, reply="Listeners[0]"),
        id="ListenerArn",
        read=(
            Call("describe_listeners", {"ListenerArns": ["{id}"]}, reply="Listeners[0]"),
            Call("describe_listener_attributes", {"ListenerArn": "{id}"}),
        ),
        updates=(
            Update(LISTENER_PROPERTIES, Call("modify_listener", {"ListenerArn": "{id}", "Certificates": certificates})),
            Update(" ".join(ATTRIBUTES), Call("modify_listener_attributes", {"ListenerArn": "{id}"})),
        ),
        delete=Call("delete_listener", {"ListenerArn": "{id}"}),
        tags=TAGS,
        names={
            **actions("defaultActions"),
            **ATTRIBUTES,
            "mutualAuthentication.advertiseTrustStoreCaNames": "AdvertiseTrustStoreCaNames",
        },
        reads={
            "alpnPolicy": "AlpnPolicy[0] != 'None' && AlpnPolicy[0] || null",
            "certificateArn": "Certificates[0].CertificateArn",
        },
        spellings={"protocol": str.upper},
        computed={"sslPolicy": lambda scope: scope.reply.get("SslPolicy", "")},
        ordered="defaultActions",
        handled="certificateArn",
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
