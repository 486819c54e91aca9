"""Broken on purpose: each resource has the name of its broken rule. Rights of roles and users, and EKS."""

import json
from typing import Any

import pulumi_aws as aws

GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]})


def role(rule: str, principal: dict[str, Any], action: str = "sts:AssumeRole", **more: Any) -> aws.iam.Role:
    """A role with this trust."""
    return aws.iam.Role(rule, assume_role_policy=document({"Principal": principal, "Action": action}), **more)


# What policies allow
for rule, actions, resource in (
    ("iam-no-admin-policy", ["*"], "*"),
    ("iam-no-star-action", ["*"], "arn:aws:s3:::orders"),
    ("iam-no-service-wildcard", ["sqs:*"], "arn:aws:sqs:eu-west-1:1:orders"),
    ("iam-no-kms-decrypt-all", ["kms:Decrypt"], "*"),
    ("iam-passrole-scoped", ["iam:PassRole"], "*"),
    ("iam-no-star-resource", ["sqs:SendMessage"], "*"),
    ("iam-no-privilege-escalation", ["iam:AttachRolePolicy"], "*"),
    ("iam-no-credentials-exposure", ["sts:AssumeRole"], "*"),
    ("iam-no-data-exfiltration", ["s3:GetObject"], "*"),
    ("iam-no-permissions-management", ["kms:PutKeyPolicy"], "*"),
    ("orphan-iam-policy", ["sqs:SendMessage"], "arn:aws:sqs:eu-west-1:1:orders"),
):
    aws.iam.Policy(rule, policy=document({"Action": actions, "Resource": resource}))
SEND = document({"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:1:orders"})
aws.iam.RolePolicy("iam-no-inline-policy", role="orders", policy=SEND)

# Who may assume roles
role("iam-role-trust-no-public", {"AWS": "*"})
role("iam-role-trust-no-account-root", {"AWS": "arn:aws:iam::123456789012:root"})
role("iam-role-confused-deputy", {"Service": "sns.amazonaws.com"})
role("iam-oidc-github-restricted", {"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity")
inline = [{"name": "send", "policy": SEND}]
twice = role("iam-role-management-conflict", {"Service": "ec2.amazonaws.com"}, inline_policies=inline)
aws.iam.RolePolicy("beside", role=twice.name, policy=SEND)

# Users, and policies of AWS's own
for rule, name in (
    ("iam-no-admin-managed-policy", "AdministratorAccess"),
    ("iam-no-iam-full-access", "IAMFullAccess"),
    ("iam-no-cloudshell", "AWSCloudShellFullAccess"),
):
    aws.iam.RolePolicyAttachment(rule, role="orders", policy_arn=f"arn:aws:iam::aws:policy/{name}")
aws.iam.User("iam-no-user")
aws.iam.UserPolicyAttachment("iam-no-user-policy", user="anna", policy_arn="arn:aws:iam::1:policy/read")


# EKS
def cluster(rule: str, network: dict[str, Any] | None = None, **more: Any) -> None:
    """A cluster."""
    vpc_config: Any = {"subnet_ids": ["subnet-1", "subnet-2"], **(network or {})}
    aws.eks.Cluster(rule, role_arn="arn:aws:iam::1:role/eks", vpc_config=vpc_config, **more)


for rule in ("eks-secrets-encryption", "eks-control-plane-logging", "eks-deletion-protection"):
    cluster(rule)
cluster("eks-endpoint-not-public", {"endpoint_public_access": True})
cluster("eks-endpoint-cidr", {"endpoint_public_access": True, "public_access_cidrs": ["0.0.0.0/0"]})
cluster("eks-supported-version", version="1.24")
cluster("eks-access-entries", access_config={"authentication_mode": "CONFIG_MAP"})
aws.eks.NodeGroup(
    "eks-nodegroup-remote-access",
    cluster_name="shop",
    node_role_arn="arn:aws:iam::1:role/node",
    subnet_ids=["subnet-1"],
    scaling_config={"desired_size": 1, "max_size": 1, "min_size": 1},
    remote_access={"ec2_ssh_key": "annas-laptop"},
)
