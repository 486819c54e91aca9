"""Broken on purpose: each resource has the name of its broken rule. Networks, hosts and load balancers."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

WORLD = ["0.0.0.0/0"]
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/abc"


def opened(low: int, high: int, *cidrs: str, protocol: str = "tcp") -> Any:
    """One rule of a security group."""
    return {"protocol": protocol, "from_port": low, "to_port": high, "cidr_blocks": list(cidrs or WORLD)}


def group(rule: str, *ingress: Any, **more: Any) -> aws.ec2.SecurityGroup:
    """A security group with inline rules."""
    return aws.ec2.SecurityGroup(rule, ingress=list(ingress), **more)


def acl(rule: str, low: int, high: int, protocol: str = "tcp") -> None:
    """A network ACL open to the internet."""
    entry: Any = {"rule_no": 100, "action": "allow", "cidr_block": "0.0.0.0/0"}
    aws.ec2.NetworkAcl(
        rule, vpc_id="vpc-1", ingress=[entry | {"protocol": protocol, "from_port": low, "to_port": high}]
    )


# Security groups
group("sg-no-ingress-ssh", opened(22, 22, "0.0.0.0/1", "128.0.0.0/1"))
group("sg-no-ingress-rdp", opened(3389, 3389))
group("sg-no-ingress-http", opened(80, 80))
group("sg-no-ingress-all-ports", opened(0, 0, protocol="-1"))
group("sg-only-authorized-ports", opened(9000, 9000))
group("sg-no-high-risk-ports", opened(5432, 5432))
group("sg-wide-public-cidr", opened(443, 443, "52.0.0.0/8"))
group("sg-no-public-ingress", opened(443, 443))
group("sg-egress-restricted", egress=[opened(0, 0, protocol="-1")])
for rule in ("sg-description", "sg-attached"):
    group(rule)
aws.vpc.SecurityGroupIngressRule(
    "sg-rule-description", security_group_id="sg-1", ip_protocol="tcp", cidr_ipv4="10.0.0.0/8"
)
group("sg-too-many-rules", *[opened(port, port, "10.0.0.0/8") for port in range(1, 53)])
conflict = group("sg-rule-management-conflict", opened(443, 443, "10.0.0.0/8"))
aws.vpc.SecurityGroupIngressRule("beside", security_group_id=conflict.id, ip_protocol="tcp", cidr_ipv4="10.0.0.0/8")
parts = group("sg-no-ingress-by-parts")
for number, half in enumerate(("0.0.0.0/1", "128.0.0.0/1")):
    aws.vpc.SecurityGroupIngressRule(
        f"half-{number}", security_group_id=parts.id, ip_protocol="tcp", from_port=22, to_port=22, cidr_ipv4=half
    )

# VPCs
aws.ec2.DefaultVpc("vpc-no-default-vpc")
for rule in ("vpc-flow-logs", "vpc-default-sg-closed"):
    aws.ec2.Vpc(rule, cidr_block="10.0.0.0/16")
aws.ec2.Subnet("subnet-no-auto-public-ip", vpc_id="vpc-1", map_public_ip_on_launch=True)
acl("nacl-no-ingress-ssh", 22, 22)
acl("nacl-no-ingress-rdp", 3389, 3389)
acl("nacl-no-ingress-all", 0, 0, "-1")
acl("nacl-attached", 443, 443)
aws.ec2.Eip("eip-attached")
costly = aws.ec2.Vpc("nat-per-az-cost", cidr_block="10.1.0.0/16")
for zone in ("a", "b"):
    subnet = aws.ec2.Subnet(f"public-{zone}", vpc_id=costly.id, availability_zone=f"eu-west-1{zone}")
    aws.ec2.NatGateway(f"nat-{zone}", subnet_id=subnet.id)

# Load balancers
BALANCED: dict[str, Any] = {"subnets": ["subnet-1", "subnet-2"]}
for rule in ("lb-access-logs", "lb-drop-invalid-headers", "lb-deletion-protection", "lb-internal", "lb-waf-associated"):
    aws.lb.LoadBalancer(rule, **BALANCED)
aws.lb.LoadBalancer("lb-desync-mode", **BALANCED, desync_mitigation_mode="monitor")
aws.lb.LoadBalancer("lb-cross-zone", **BALANCED, load_balancer_type="network")
aws.lb.LoadBalancer("lb-multi-az", subnets=["subnet-1"])
aws.lb.TargetGroup("tg-health-check", protocol="HTTP", port=80, health_check={"enabled": True})
for rule in ("tg-protocol-encrypted", "tg-healthcheck-encrypted", "orphan-target-group"):
    aws.lb.TargetGroup(rule, protocol="HTTP", port=80, health_check={"protocol": "HTTP", "path": "/"})
LISTENER: dict[str, Any] = {
    "load_balancer_arn": "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/a/1",
    "default_actions": [
        {"type": "forward", "target_group_arn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/a/1"}
    ],
}
aws.lb.Listener("lb-listener-https", **LISTENER, protocol="HTTP", port=80)
for rule, policy, certificate in (
    ("lb-listener-tls-policy", "ELBSecurityPolicy-2016-08", CERTIFICATE),
    ("lb-listener-tls-recommended", "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", CERTIFICATE),
    ("lb-listener-tls-pq", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", CERTIFICATE),
    ("lb-listener-acm", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "arn:aws:iam::1:server-certificate/old"),
):
    aws.lb.Listener(rule, **LISTENER, protocol="HTTPS", port=443, ssl_policy=policy, certificate_arn=certificate)


# Hosts
def host(rule: str, **arguments: Any) -> aws.ec2.Instance:
    """An instance."""
    return aws.ec2.Instance(rule, ami="ami-1", instance_type="t3.micro", **arguments)


aws.ec2.Instance("monthly-cost-cap", ami="ami-1", instance_type="m7i.large")
host("ec2-imdsv2-required", metadata_options={"http_tokens": "optional"})
host("ec2-imds-hop-limit", metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 3})
host("ec2-no-public-ip", associate_public_ip_address=True)
aws.ec2.Instance(
    "ec2-ignored-public-ip",
    ami="ami-1",
    instance_type="t3.micro",
    associate_public_ip_address=True,
    opts=pulumi.ResourceOptions(ignore_changes=["associatePublicIpAddress"]),
)
for plain in ("ec2-instance-profile", "ec2-detailed-monitoring", "ec2-termination-protection", "ec2-ebs-encrypted"):
    host(plain)
host("ec2-no-secrets-user-data", user_data="#!/bin/sh\nexport DB_PASSWORD=hunter2-canary")
host("ec2-source-dest-check", source_dest_check=False)
interfaces = [{"device_index": index, "network_interface_id": f"eni-{index}"} for index in (0, 1)]
host("ec2-single-eni", network_interfaces=interfaces)
host("bastion-key-pair", key_name="annas-laptop")
aws.ec2.KeyPair("keypair-strong-algorithm", public_key="ssh-dss AAAAB3NzaC1kc3MAAACBAN")
for rule, action in (("bastion-reachability", "iam:*"), ("internet-path-to-data", "s3:GetObject")):
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role(rule, assume_role_policy=json.dumps({"Statement": [trust]}))
    allowed = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::orders/*"}]}
    aws.iam.RolePolicy(rule, role=role.name, policy=json.dumps(allowed))
    host(
        rule,
        associate_public_ip_address=True,
        vpc_security_group_ids=[group(f"{rule}-group", opened(22, 22)).id],
        iam_instance_profile=aws.iam.InstanceProfile(rule, role=role.name).name,
    )
