"""One load balancer, by its older name, for several services: rules by path and host, redirect, TLS, DNS."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
services = config.get_object("services") or {"api": "/api/*", "admin": "/admin/*"}
domain = config.get("domain") or "example.com"

vpc = aws.ec2.Vpc("web", aws.ec2.VpcArgs(cidr_block="10.50.0.0/16", enable_dns_hostnames=True))
gateway = aws.ec2.InternetGateway("web", aws.ec2.InternetGatewayArgs(vpc_id=vpc.id))
subnets = [
    aws.ec2.Subnet(
        f"web-{index}", aws.ec2.SubnetArgs(vpc_id=vpc.id, cidr_block=f"10.50.{index}.0/24", availability_zone=zone)
    )
    for index, zone in enumerate(aws.get_availability_zones(state="available").names[:3])
]
group = aws.ec2.SecurityGroup("web", vpc_id=vpc.id)
balancer = aws.alb.LoadBalancer(
    "web",
    load_balancer_type="application",
    subnets=[subnet.id for subnet in subnets],
    security_groups=[group.id],
    opts=pulumi.ResourceOptions(depends_on=[gateway]),
)

zone = aws.route53.Zone("web", name=domain)
certificate = aws.acm.Certificate(
    "web", domain_name=domain, subject_alternative_names=[f"*.{domain}"], validation_method="DNS"
)
option = certificate.domain_validation_options[0]
proof = aws.route53.Record(
    "proof",
    zone_id=zone.zone_id,
    name=option.resource_record_name,
    type=option.resource_record_type,
    records=[option.resource_record_value],
    ttl=60,
)
validation = aws.acm.CertificateValidation("web", certificate_arn=certificate.arn, validation_record_fqdns=[proof.fqdn])

aws.alb.Listener(
    "http",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}},
    ],
)
https = aws.alb.Listener(
    "https",
    load_balancer_arn=balancer.arn,
    port=443,
    protocol="HTTPS",
    ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
    certificate_arn=validation.certificate_arn,
    default_actions=[
        aws.alb.ListenerDefaultActionArgs(
            type="fixed-response",
            fixed_response=aws.alb.ListenerDefaultActionFixedResponseArgs(
                content_type="text/plain", message_body="not found", status_code="404"
            ),
        )
    ],
)
for priority, (name, path) in enumerate(sorted(services.items()), start=1):
    targets = aws.alb.TargetGroup(name, port=8080, protocol="HTTP", target_type="ip", vpc_id=vpc.id)
    aws.alb.ListenerRule(
        name,
        listener_arn=https.arn,
        priority=priority * 10,
        conditions=[{"path_pattern": {"values": [path]}}, {"host_header": {"values": [f"*.{domain}"]}}],
        actions=[{"type": "forward", "target_group_arn": targets.arn}],
    )

aws.route53.Record(
    "web",
    zone_id=zone.zone_id,
    name=domain,
    type="A",
    aliases=[
        aws.route53.RecordAliasArgs(name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=True)
    ],
)

pulumi.export("url", f"https://{domain}")
pulumi.export("rules", len(services))
