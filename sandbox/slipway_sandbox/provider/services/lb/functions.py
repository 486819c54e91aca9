"""Look-ups of load balancers, their listeners and target groups."""

from collections.abc import Mapping
from typing import Any

from slipway_sandbox.provider.aws.declaration import Function
from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.services.lookup import as_resource, one


def by_name_or_tags(scope: Scope, operation: str, member: str, key: str, what: str) -> str:
    """The ARN of the one that has this name, or these tags."""
    name, tags = scope.inputs.get("name"), scope.inputs.get("tags")
    listed = scope.call(operation, **({"Names": [name]} if name else {}))[member]
    found = [each[key] for each in listed]
    if tags and found:
        described = scope.call("describe_tags", ResourceArns=found)["TagDescriptions"]
        present = {each["ResourceArn"]: {tag["Key"]: tag["Value"] for tag in each["Tags"]} for each in described}
        found = [arn for arn in found if tags.items() <= present[arn].items()]
    return str(one(found, what))


def get_load_balancer(scope: Scope) -> Mapping[str, Any]:
    """The load balancer by ARN, name or tags."""
    arn = scope.inputs.get("arn") or by_name_or_tags(
        scope, "describe_load_balancers", "LoadBalancers", "LoadBalancerArn", "load balancers"
    )
    return as_resource(scope, "aws:lb/loadBalancer:LoadBalancer", arn, "lb.GetLoadBalancerResult")


def get_target_group(scope: Scope) -> Mapping[str, Any]:
    """The target group by ARN, name or tags."""
    arn = scope.inputs.get("arn") or by_name_or_tags(
        scope, "describe_target_groups", "TargetGroups", "TargetGroupArn", "target groups"
    )
    return as_resource(scope, "aws:lb/targetGroup:TargetGroup", arn, "lb.GetTargetGroupResult")


def get_listener(scope: Scope) -> Mapping[str, Any]:
    """The listener by ARN, or by load balancer and port."""
    arn, balancer, port = (scope.inputs.get(name) for name in ("arn", "loadBalancerArn", "port"))
    if not arn and not (balancer and port):
        raise ProviderError("say arn, or loadBalancerArn and port")
    if not arn:
        listed = scope.call("describe_listeners", LoadBalancerArn=balancer)["Listeners"]
        arn = one([each["ListenerArn"] for each in listed if each["Port"] == port], "listeners")
    return as_resource(scope, "aws:lb/listener:Listener", arn, "lb.GetListenerResult")


FUNCTIONS = (
    Function("aws:lb/getListener:getListener", "elbv2", get_listener),
    Function("aws:lb/getLoadBalancer:getLoadBalancer", "elbv2", get_load_balancer),
    Function("aws:lb/getTargetGroup:getTargetGroup", "elbv2", get_target_group),
)
