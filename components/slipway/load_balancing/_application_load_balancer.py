"""An application load balancer: security group, listeners, certificate, records, logs.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pulumi
from pulumi_aws import lb, wafv2

from slipway.common import HTTPS, Context, Gate, block_name, closed_group

from ._certificate import alias_records, validated_certificate
from ._load_balancer_plan import LoadBalancerPlan, Sources
from ._replacement import replaced_with

HTTP = 80
REDIRECT: lb.ListenerDefaultActionArgsDict = {
    "type": "redirect",
    "redirect": {"port": str(HTTPS), "protocol": "HTTPS", "status_code": "HTTP_301"},
}


@dataclass(frozen=True)
class Serving:
    """Protocol of a listener, and its TLS settings."""

    protocol: str = "HTTP"
    certificate_arn: pulumi.Input[str] | None = None
    tls_policy: str | None = None
    trust_store_arn: pulumi.Input[str] | None = None

    def mutual_authentication(self) -> lb.ListenerMutualAuthenticationArgsDict | None:
        """Client certificates, checked against the trust store."""
        if self.trust_store_arn is None:
            return None
        return {"mode": "verify", "trust_store_arn": self.trust_store_arn}


@dataclass(frozen=True)
class Balancer:
    """A load balancer without listeners yet."""

    context: Context
    """Options of the listeners, too: they wait for the web ACL, so that no request passes by it."""
    plan: LoadBalancerPlan
    resource: lb.LoadBalancer
    gate: Gate
    serving: Serving
    url: pulumi.Output[str]
    """Address: the first domain name without a wildcard, else the name from AWS."""

    def with_old_listeners_deleted_first(self) -> "Balancer":
        """The same, where a replacement first deletes the old listeners with their rules.

        Pulumi makes a new rule from the old one's ignored properties, unless the old one is gone.
        """
        return replace(self, context=self.context.with_options(pulumi.ResourceOptions(delete_before_replace=True)))

    def main_listener(self, action: lb.ListenerDefaultActionArgsDict) -> lb.Listener:
        """The listener for requests, with a redirect to it from port 80 where there is a certificate.

        `action` is for requests that match no rule.
        """
        name = self.context.name
        if self.serving.certificate_arn is None:
            return self._listener("http", HTTP, self.serving, action)
        self._listener("http", HTTP, Serving(), REDIRECT)
        main = self._listener("https", HTTPS, self.serving, action)
        for key, arn in self.plan.tls.additional_certificate_arns.items():
            lb.ListenerCertificate(f"{name}-{key}", listener_arn=main.arn, certificate_arn=arn, opts=self.context.child)
        return main

    def further_listener(self, port: int, action: lb.ListenerDefaultActionArgsDict) -> lb.Listener:
        """One more listener for the same sources, with the same certificate."""
        let_sources_in(self.gate, port, self.plan.sources)
        return self._listener(str(port), port, self.serving, action)

    def _listener(
        self, role: str, port: int, serving: Serving, action: lb.ListenerDefaultActionArgsDict
    ) -> lb.Listener:
        name = f"{self.context.name}-{role}"
        return lb.Listener(
            name,
            load_balancer_arn=self.resource.arn,
            port=port,
            protocol=serving.protocol,
            certificate_arn=serving.certificate_arn,
            ssl_policy=serving.tls_policy,
            mutual_authentication=serving.mutual_authentication(),
            default_actions=[action],
            tags=self.context.tagged(name),
            opts=self.context.child,
        )


def application_load_balancer(context: Context, plan: LoadBalancerPlan, vpc_id: pulumi.Input[str]) -> Balancer:
    """Make a load balancer, without its listeners: what they send to belongs to this load balancer, and comes first."""
    context = context if plan.tags is None else replace(context, tags=plan.tags)
    name = context.name
    gate = closed_group(f"{name}-lb", vpc_id, "Application Load Balancer", context.tags, context.child)
    for port in (HTTP, HTTPS) if plan.is_secure else (HTTP,):
        let_sources_in(gate, port, plan.sources)
    balancer = lb.LoadBalancer(
        name,
        load_balancer_type="application",
        internal=plan.internal,
        subnets=plan.subnet_ids,
        security_groups=[gate.group_id],
        drop_invalid_header_fields=True,
        idle_timeout=plan.idle_timeout_seconds,
        access_logs=access_logs(name, plan.access_logs_bucket),
        connection_logs=connection_logs(name, plan.connection_logs_bucket),
        enable_deletion_protection=plan.deletion_protection,
        tags=context.tagged(name),
        # It cannot move to another VPC.
        opts=context.with_options(replaced_with(vpc_id)).child,
    )
    serving = served(context, plan)
    if plan.domains.zone_id is not None:
        alias_records(context, plan.domains.names, plan.domains.zone_id, balancer)
    guarded = context
    if plan.web_acl_arn is not None:
        acl = wafv2.WebAclAssociation(name, resource_arn=balancer.arn, web_acl_arn=plan.web_acl_arn, opts=context.child)
        guarded = context.after([acl])
    return Balancer(guarded, plan, balancer, gate, serving, address(serving, plan.domains.names, balancer))


def served(context: Context, plan: LoadBalancerPlan) -> Serving:
    """Plain HTTP, or HTTPS with the given certificate or a new one."""
    certificate = plan.tls.certificate_arn
    if certificate is None and plan.domains.zone_id is not None:
        certificate = validated_certificate(context, plan.domains.names, plan.domains.zone_id)
    if certificate is None:
        return Serving()
    return Serving("HTTPS", certificate, plan.tls.policy, plan.tls.trust_store_arn)


def address(serving: Serving, domain_names: Sequence[str], balancer: lb.LoadBalancer) -> pulumi.Output[str]:
    """The URL with the first domain name without a wildcard, else with the name from AWS."""
    host = next((name for name in domain_names if "*" not in name), balancer.dns_name)
    return pulumi.Output.concat(f"{serving.protocol.lower()}://", host)


def let_sources_in(gate: Gate, port: int, sources: Sources) -> None:
    """Open one port to every source."""
    for block in sources.cidr_blocks:
        gate.let_in(f"{port}-{block_name(block)}", port, f"Port {port} from {block}", block)
    for prefix_list in sources.prefix_list_ids:
        gate.let_in_listed(f"{port}-{prefix_list}", port, f"Port {port} from {prefix_list}", prefix_list)
    for key, group_id in sources.security_group_ids.items():
        gate.let_in_from(f"{port}-{key}", port, f"Port {port} from {key}", group_id)


def access_logs(name: str, bucket: pulumi.Input[str] | None) -> lb.LoadBalancerAccessLogsArgsDict | None:
    """The log of requests, below the load balancer's name in the bucket."""
    return None if bucket is None else {"bucket": bucket, "enabled": True, "prefix": name}


def connection_logs(name: str, bucket: pulumi.Input[str] | None) -> lb.LoadBalancerConnectionLogsArgsDict | None:
    """The log of TLS connections, below the load balancer's name in the bucket."""
    return None if bucket is None else {"bucket": bucket, "enabled": True, "prefix": name}
