"""Look-ups of load balancers, their listeners and target groups."""

from collections.abc import Mapping

from slipway_sandbox.provider.aws.declaration import Function
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.properties.mapping import as_map
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.services.lookup import as_resource, only


def by_name_or_tags(scope: Scope, operation: str, member: str, key: str, what: str) -> str:
    """The ARN of the resource with the given name or tags."""
    name, tags = scope.inputs.get("name"), block(scope.inputs, "tags")
    arns = [text(match, key) for match in blocks(scope.call(operation, **({"Names": [name]} if name else {})), member)]
    if tags and arns:
        descriptions = blocks(scope.call("describe_tags", ResourceArns=arns), "TagDescriptions")
        present = {text(description, "ResourceArn"): as_map(description["Tags"]) for description in descriptions}
        arns = [arn for arn in arns if all(present[arn].get(tag) == value for tag, value in tags.items())]
    return only(arns, what)


def get_load_balancer(scope: Scope) -> Properties:
    """The load balancer by ARN, name or tags."""
    arn = text(scope.inputs, "arn", "") or by_name_or_tags(
        scope, "describe_load_balancers", "LoadBalancers", "LoadBalancerArn", "load balancers"
    )
    return as_resource(scope, "aws:lb/loadBalancer:LoadBalancer", arn, "lb.GetLoadBalancerResult")


def get_target_group(scope: Scope) -> Properties:
    """The target group by ARN, name or tags."""
    arn = text(scope.inputs, "arn", "") or by_name_or_tags(
        scope, "describe_target_groups", "TargetGroups", "TargetGroupArn", "target groups"
    )
    return as_resource(scope, "aws:lb/targetGroup:TargetGroup", arn, "lb.GetTargetGroupResult")


def get_listener(scope: Scope) -> Properties:
    """The listener by ARN, or by load balancer and port."""
    arn, balancer, port = text(scope.inputs, "arn", ""), scope.inputs.get("loadBalancerArn"), scope.inputs.get("port")
    if not arn and not (balancer and port):
        raise ProviderError("say arn, or loadBalancerArn and port")
    if not arn:
        listeners = blocks(scope.call("describe_listeners", LoadBalancerArn=balancer), "Listeners")
        arn = only([text(listener, "ListenerArn") for listener in listeners if listener["Port"] == port], "listeners")
    return as_resource(scope, "aws:lb/listener:Listener", arn, "lb.GetListenerResult")


def get_listener_rule(scope: Scope) -> Properties:
    """The rule of a listener by ARN, or by listener and priority; the real provider says `empty result` for none."""
    arn, listener, priority = (
        text(scope.inputs, "arn", ""),
        scope.inputs.get("listenerArn"),
        scope.inputs.get("priority"),
    )
    if not arn and not (listener and priority):
        raise ProviderError("say arn, or listenerArn and priority")
    if not arn:
        rules = blocks(scope.call("describe_rules", ListenerArn=listener), "Rules")
        arns = [text(rule, "RuleArn") for rule in rules if text(rule, "Priority") == str(int(float(str(priority))))]
        if not arns:
            raise ProviderError(
                f'reading ELBv2 Listener Rule Data Source ("{listener}"/{priority}): empty result\n\nempty result'
            )
        arn = arns[0]
    found = as_resource(scope, "aws:lb/listenerRule:ListenerRule", arn, "lb.GetListenerRuleResult")
    actions = [with_lists(action, ACTION_LISTS) for action in blocks(found, "actions")]
    conditions = [with_lists(condition, CONDITION_LISTS) for condition in blocks(found, "conditions")]
    return {**found, "actions": actions, "conditions": conditions}


# Blocks of the resource, to the lists of the look-up.
ACTION_LISTS = {
    "authenticateCognito": "authenticateCognitos",
    "authenticateOidc": "authenticateOidcs",
    "fixedResponse": "fixedResponses",
    "forward": "forwards",
    "jwtValidation": "jwtValidations",
    "redirect": "redirects",
}
CONDITION_LISTS = {
    "hostHeader": "hostHeaders",
    "httpHeader": "httpHeaders",
    "httpRequestMethod": "httpRequestMethods",
    "pathPattern": "pathPatterns",
    "sourceIp": "sourceIps",
}


def with_lists(values: Properties, lists: Mapping[str, str]) -> dict[str, Value]:
    """A block of a rule as the look-up answers it; every forward names its target groups in a list."""
    group = values.get("targetGroupArn")
    forward = {} if values.get("forward") or not group else {"forward": {"targetGroups": [{"arn": group, "weight": 1}]}}
    known = {key: value for key, value in {**values, **forward}.items() if key != "targetGroupArn"}
    shaped: dict[str, Value] = {}
    for key, value in known.items():
        if key == "queryStrings":
            shaped[key] = [{"values": value}]
        elif key in lists:
            shaped[lists[key]] = value if isinstance(value, list) else [value]
        else:
            shaped[key] = value
    return shaped


FUNCTIONS = (
    Function("aws:lb/getListener:getListener", "elbv2", get_listener),
    Function("aws:lb/getListenerRule:getListenerRule", "elbv2", get_listener_rule),
    Function("aws:lb/getLoadBalancer:getLoadBalancer", "elbv2", get_load_balancer),
    Function("aws:lb/getTargetGroup:getTargetGroup", "elbv2", get_target_group),
)
