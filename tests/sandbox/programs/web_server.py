"""A web server on EC2: the newest image by filter, user data, a key of one's own, a disk that is encrypted."""

import base64

import pulumi
import pulumi_aws as aws
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

config = pulumi.Config()
instance_type = config.get("instanceType") or "t3.micro"
# Every run of a program must say the same, so the key's seed is fixed.
key = ed25519.Ed25519PrivateKey.from_private_bytes(b"slipway-test-only-key-of-32-byte")
public_key = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()

ami = aws.ec2.get_ami_output(
    most_recent=True,
    owners=["amazon"],
    filters=[{"name": "name", "values": ["al2023-ami-2023*-x86_64"]}, {"name": "architecture", "values": ["x86_64"]}],
)
vpc = aws.ec2.get_vpc_output(default=True)
subnet_id = aws.ec2.get_subnets_output(filters=[{"name": "vpc-id", "values": [vpc.id]}]).ids.apply(min)

group = aws.ec2.SecurityGroup("web", vpc_id=vpc.id, description="web traffic in, everything out")
for port in (80, 443):
    aws.vpc.SecurityGroupIngressRule(
        f"web-{port}",
        security_group_id=group.id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        cidr_ipv4="0.0.0.0/0",
    )
aws.vpc.SecurityGroupEgressRule("web", security_group_id=group.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0")

role = aws.iam.Role(
    "web",
    assume_role_policy={
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    },
    managed_policy_arns=["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"],
)
profile = aws.iam.InstanceProfile("web", role=role.name)
user_data = """#!/bin/bash
echo "Hello, World!" > index.html
nohup python3 -m http.server 80 &
"""
server = aws.ec2.Instance(
    "web-server-www",
    instance_type=instance_type,
    ami=ami.id,
    subnet_id=subnet_id,
    vpc_security_group_ids=[group.id],
    iam_instance_profile=profile.name,
    key_name=aws.ec2.KeyPair("web", public_key=public_key).key_name,
    user_data_base64=base64.b64encode(user_data.encode()).decode(),
    metadata_options=aws.ec2.InstanceMetadataOptionsArgs(http_tokens="required", http_endpoint="enabled"),
    root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(volume_size=16, volume_type="gp3", encrypted=True),
    tags={"Name": "web-server-www"},
)
address = aws.ec2.Eip("web", domain="vpc", instance=server.id)

pulumi.export("publicIp", address.public_ip)
pulumi.export("architecture", ami.architecture)
