"""Elastic Load Balancing's refusals.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html
"""

from collections.abc import Callable, Iterable

from slipway_sandbox.provider.aws.scope import Scope
from slipway_sandbox.provider.protocol.readers import block, blocks, number, text, texts
from slipway_sandbox.provider.protocol.wire import Properties, Value
from slipway_sandbox.provider.refusals import lookups
from slipway_sandbox.provider.refusals.rule import Refusal


def _balancer_subnets(scope: Scope) -> list[dict[str, Value]]:
    mappings = blocks(scope.inputs, "subnetMappings")
    mapped = [text(mapping, "subnetId") for mapping in mappings if mapping.get("subnetId")]
    return lookups.subnets(scope, [*texts(scope.inputs, "subnets"), *mapped])


def two_subnets_of_one_zone(scope: Scope) -> str | None:
    """A load balancer in two subnets of one zone."""
    zones = [text(subnet, "AvailabilityZone") for subnet in _balancer_subnets(scope)]
    if len(zones) == len(set(zones)):
        return None
    return "A load balancer cannot be attached to multiple subnets in the same Availability Zone"


def group_of_another_vpc(scope: Scope) -> str | None:
    """A load balancer with a security group of another VPC."""
    vpcs = {text(subnet, "VpcId") for subnet in _balancer_subnets(scope)}
    groups = lookups.group_vpcs(scope, texts(scope.inputs, "securityGroups"))
    return "One or more security groups are invalid" if vpcs and set(groups.values()) - vpcs else None


def no_internet_gateway(scope: Scope) -> str | None:
    """An internet-facing load balancer in a VPC without an internet gateway."""
    if scope.inputs.get("internal"):
        return None
    vpcs = sorted({text(subnet, "VpcId") for subnet in _balancer_subnets(scope)})
    return next(
        (f"VPC {vpc} has no internet gateway" for vpc in vpcs if not lookups.has_internet_gateway(scope, vpc)), None
    )


def check_slower_than_its_interval(scope: Scope) -> str | None:
    """A health check with a timeout not below its interval."""
    check = block(scope.inputs, "healthCheck")
    if check.get("timeout") is None or number(check, "timeout") < number(check, "interval", 30):
        return None
    return "Health check interval must be greater than the timeout."


def https_without_certificate(scope: Scope) -> str | None:
    """A listener for HTTPS without a certificate."""
    if scope.inputs.get("protocol") == "HTTPS" and not scope.inputs.get("certificateArn"):
        return "A certificate must be specified for HTTPS listeners"
    return None


def certificate_not_issued(scope: Scope) -> str | None:
    """A listener with a certificate not (yet) issued."""
    arn = text(scope.inputs, "certificateArn", "")
    if ":acm:" not in arn:
        return None
    reply = lookups.optional(scope, "acm", "describe_certificate", "ResourceNotFoundException", CertificateArn=arn)
    if (
        reply is None or block(reply, "Certificate")["Status"] == "ISSUED"
    ):  # moto refuses an unknown one: CertificateNotFound
        return None
    return f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a supported key size."


def _targets(actions: Iterable[Properties]) -> list[str]:
    """Target groups of actions."""
    named = [text(action, "targetGroupArn") for action in actions if action.get("targetGroupArn")]
    groups = [group for action in actions for group in blocks(block(action, "forward"), "targetGroups")]
    return sorted({*named, *(text(group, "arn") for group in groups)})


def _balancer_and_groups(scope: Scope, actions: str) -> tuple[dict[str, Value], list[dict[str, Value]]]:
    arn = text(scope, "loadBalancerArn", "") or _balancer_of(text(scope, "listenerArn"))
    groups = _targets(blocks(scope.inputs, actions))
    if not groups:
        return {}, []
    [balancer] = blocks(scope.call("describe_load_balancers", LoadBalancerArns=[arn]), "LoadBalancers")
    return balancer, blocks(scope.call("describe_target_groups", TargetGroupArns=groups), "TargetGroups")


def _balancer_of(listener_arn: str) -> str:
    return listener_arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0]


def targets_of_another_vpc(actions: str) -> Callable[[Scope], str | None]:
    """The refusal's function, for one property of actions."""

    def target_group_of_another_vpc(scope: Scope) -> str | None:
        """Actions with a target group of another VPC."""
        balancer, groups = _balancer_and_groups(scope, actions)
        for group in groups:
            if group.get("VpcId") not in (None, balancer["VpcId"]):
                return (
                    f"Target group '{group['TargetGroupArn']}' is in a different VPC than load balancer "
                    f"'{balancer['LoadBalancerArn']}'"
                )
        return None

    return target_group_of_another_vpc


def targets_of_another_balancer(actions: str) -> Callable[[Scope], str | None]:
    """The refusal's function, for one property of actions."""

    def target_group_of_another_balancer(scope: Scope) -> str | None:
        """Actions with a target group of another load balancer."""
        balancer, groups = _balancer_and_groups(scope, actions)
        taken = [
            text(group, "TargetGroupArn")
            for group in groups
            if set(texts(group, "LoadBalancerArns")) - {balancer["LoadBalancerArn"]}
        ]
        if not taken:
            return None
        return f"The following target groups cannot be associated with more than one load balancer: {', '.join(taken)}"

    return target_group_of_another_balancer


BALANCER = ("aws:lb/loadBalancer:LoadBalancer", "CreateLoadBalancer")
LISTENER = ("aws:lb/listener:Listener", "CreateListener")
CERTIFICATE = ("aws:lb/listenerCertificate:ListenerCertificate", "AddListenerCertificates")
RULE = ("aws:lb/listenerRule:ListenerRule", "CreateRule")
INVALID = "InvalidConfigurationRequest"
SAME_VPC = "take both from one VPC"

REFUSALS = (
    Refusal(*BALANCER, INVALID, "subnets subnetMappings", two_subnets_of_one_zone, "name one subnet a zone"),
    Refusal(*BALANCER, INVALID, "securityGroups subnets", group_of_another_vpc, SAME_VPC),
    Refusal(
        *BALANCER,
        "InvalidSubnet",
        "subnets internal",
        no_internet_gateway,
        "set internal, or let it depend on the VPC's InternetGateway",
        patient=True,
    ),
    Refusal(
        "aws:lb/targetGroup:TargetGroup",
        "CreateTargetGroup",
        "ValidationError",
        "healthCheck",
        check_slower_than_its_interval,
        "the default interval is 30 s",
        plain=True,
    ),
    Refusal(
        *LISTENER,
        "ValidationError",
        "certificateArn protocol",
        https_without_certificate,
        "set certificateArn",
        plain=True,
    ),
    *(
        Refusal(
            *call,
            "UnsupportedCertificate",
            "certificateArn",
            certificate_not_issued,
            "take the ARN from a CertificateValidation: it waits until the certificate is issued",
        )
        for call in (LISTENER, CERTIFICATE)
    ),
    *(
        refusal
        for call, actions in ((LISTENER, "defaultActions"), (RULE, "actions"))
        for refusal in (
            Refusal(*call, INVALID, actions, targets_of_another_vpc(actions), SAME_VPC),
            Refusal(
                *call,
                "TargetGroupAssociationLimit",
                actions,
                targets_of_another_balancer(actions),
                "make a target group for each load balancer",
            ),
        )
    ),
)
