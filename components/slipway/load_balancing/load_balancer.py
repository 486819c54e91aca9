"""An application load balancer for several services, each with its own rules on one listener.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
"""

import pulumi
from pulumi_aws import lb

from slipway.common import Arguments, Context

from ._application_load_balancer import application_load_balancer
from ._load_balancer_args import LoadBalancerArgs
from ._load_balancer_plan import load_balancer_plan

# The answer to requests without a matching rule.
NOT_FOUND: lb.ListenerDefaultActionArgsDict = {
    "type": "fixed-response",
    "fixed_response": {"content_type": "text/plain", "message_body": "Not found", "status_code": "404"},
}


class LoadBalancer(pulumi.ComponentResource):
    """An application load balancer for several services, of this stack and of others; unmatched requests get a 404.

    Creates a load balancer, a listener and a security group: the named sources may connect, and each service opens the
    way to its own tasks. With a certificate, port 80 redirects to port 443. With `domain_names` it also creates their
    records and, without `certificate_arn`, a certificate.

    Example::

        from slipway import LoadBalancer

        edge = LoadBalancer(
            "edge",
            {
                "vpc_id": "vpc-0123456789abcdef0",
                "subnet_ids": ["subnet-0000000a", "subnet-0000000b"],
                "allowed_cidr_blocks": ["203.0.113.0/24"],
                "domain_names": ["shop.example.com"],
                "hosted_zone_id": "Z0123456789ABCDEFGHIJ",
            },
        )

    Raises ArgumentError on a load balancer without sources, domain names without a zone, TLS settings without a
    certificate, a policy with TLS 1.0 or 1.1, a name too long for AWS, or a number out of bounds.
    """

    load_balancer_arn: pulumi.Output[str]
    """ARN of the load balancer."""
    listener_arn: pulumi.Output[str]
    """Listener for requests, for the argument `listener` of services."""
    security_group_id: pulumi.Output[str]
    """Security group of the load balancer, for the argument `listener` of services."""
    url: pulumi.Output[str]
    """Address, with the first of `domain_names` without a wildcard, else with `dns_name`."""
    dns_name: pulumi.Output[str]
    """Name from AWS, for records of your own."""
    zone_id: pulumi.Output[str]
    """Route 53 zone of `dns_name`, for alias records of your own."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments = Arguments.of("LoadBalancer", name, args, LoadBalancerArgs)
        vpc_id = arguments.input("vpc_id")
        if vpc_id is None:
            raise arguments.error("vpc_id", "is required, got nothing; give it a value")
        plan = load_balancer_plan(arguments, name)
        super().__init__("slipway:index:LoadBalancer", name, dict(args), opts)
        context = Context(arguments.who, name, plan.tags, pulumi.ResourceOptions(parent=self))
        balancer = application_load_balancer(context, plan, vpc_id)
        self.load_balancer_arn = balancer.resource.arn
        self.listener_arn = balancer.main_listener(NOT_FOUND).arn
        self.security_group_id = balancer.gate.group_id
        self.url = balancer.url
        self.dns_name = balancer.resource.dns_name
        self.zone_id = balancer.resource.zone_id
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
