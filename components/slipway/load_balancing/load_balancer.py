"""Application load balancer that several services share, each with rules of its own on one listener.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
"""

import pulumi
from pulumi_aws import lb

from slipway.common import ArgumentError, check_keys

from ._application_load_balancer import application_load_balancer
from ._load_balancer_args import LoadBalancerArgs
from ._load_balancer_checks import check_load_balancer

# What a request gets that no service asks for.
NOT_FOUND: lb.ListenerDefaultActionArgsDict = {
    "type": "fixed-response",
    "fixed_response": {"content_type": "text/plain", "message_body": "Not found", "status_code": "404"},
}


class LoadBalancer(pulumi.ComponentResource):
    """A load balancer for services of this stack and others, which answers 404 to what none of them asks for.

    Creates it with a security group that lets the named sources in and nothing out until a service says so, and a
    listener; with a certificate a second one that redirects to it. With domain_names also their records and, without
    certificate_arn, a certificate.

    Raises ArgumentError on nobody who may reach it, names without a zone, settings of TLS without a certificate, a
    policy with TLS 1.0 or 1.1, a name too long for AWS, or a number out of bounds.
    """

    load_balancer_arn: pulumi.Output[str]
    """ARN of the load balancer."""
    listener_arn: pulumi.Output[str]
    """Listener that serves, for the listener argument of services."""
    security_group_id: pulumi.Output[str]
    """Security group of the load balancer, for the listener argument of services."""
    url: pulumi.Output[str]
    """Address: by the first of domain_names that is no wildcard, else by dns_name."""
    dns_name: pulumi.Output[str]
    """Name that AWS gives it, for records of your own."""
    zone_id: pulumi.Output[str]
    """Zone of that name, which an alias record also asks for."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        who = f"LoadBalancer {name!r}"
        check_keys(who, args, LoadBalancerArgs)
        vpc_id = args.get("vpc_id")
        if vpc_id is None:
            raise ArgumentError(f"{who}: vpc_id is required, got nothing; give it a value")
        check_load_balancer(who, "", name, args)
        super().__init__("slipway:index:LoadBalancer", name, dict(args), opts)
        child = pulumi.ResourceOptions(parent=self)
        made = application_load_balancer(name, args, vpc_id, NOT_FOUND, args.get("tags"), child)
        self.load_balancer_arn = made.resource.arn
        self.listener_arn = made.listener.arn
        self.security_group_id = made.gate.group_id
        self.url = made.url
        self.dns_name = made.resource.dns_name
        self.zone_id = made.resource.zone_id
        self.register_outputs(
            {
                "loadBalancerArn": self.load_balancer_arn,
                "listenerArn": self.listener_arn,
                "securityGroupId": self.security_group_id,
                "url": self.url,
                "dnsName": self.dns_name,
                "zoneId": self.zone_id,
            }
        )
