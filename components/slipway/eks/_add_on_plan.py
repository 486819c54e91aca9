"""Add-ons of a cluster, checked: EKS's defaults and the caller's.

Source: https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
Source: https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from slipway.common import Arguments, shown

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
VERSION = re.compile(r"v\d+\.\d+\.\d+-eksbuild\.\d+", re.ASCII)
SERVICE_ACCOUNT = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
POD_IDENTITY_AGENT = "eks-pod-identity-agent"
BEFORE_NODES = ("vpc-cni", "kube-proxy", POD_IDENTITY_AGENT)
"""A node is ready once these run on it. They are daemon sets, which wait for no node."""
OF_AUTO_MODE = (*BEFORE_NODES, "coredns", "aws-ebs-csi-driver", "eks-node-monitoring-agent")
"""Auto Mode has these built in."""
DEFAULTS = {True: ("metrics-server",), False: (*BEFORE_NODES, "coredns", "metrics-server")}
"""Add-ons with Auto Mode, and with node groups."""
SETTINGS = {"vpc-cni": '{"enableNetworkPolicy": "true"}'}  # off by default; network policies would be without effect


@dataclass(frozen=True)
class AddOnPlan:
    """A checked add-on."""

    version: str | None = None
    """None for EKS's own for the cluster's version."""
    service_account_role_arns: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


def add_on_plans(arguments: Arguments, *, is_auto: bool) -> Mapping[str, AddOnPlan]:
    """Name to add-on; the caller's settings win over the defaults. Raises ArgumentError."""
    own = {name: add_on(arguments, name, nested, is_auto=is_auto) for name, nested in arguments.each("add_ons")}
    return {**{name: AddOnPlan() for name in DEFAULTS[is_auto]}, **own}


def add_on(arguments: Arguments, name: str, nested: Arguments, *, is_auto: bool) -> AddOnPlan:
    """Check one add-on."""
    if not NAME.fullmatch(name):
        rule = f"must be names of EKS add-ons, such as aws-efs-csi-driver, got {shown(name)}; write it as EKS does"
        raise arguments.error("add_ons", rule)
    if is_auto and name in OF_AUTO_MODE:
        fix = "remove it, or set node_groups"
        raise arguments.error(f"add_ons.{name}", f"must not be set with Auto Mode, which has it built in; {fix}")
    version = nested.optional_text("version")
    if version is not None and not VERSION.fullmatch(version):
        rule = f"must be a version of an EKS add-on, got {shown(version)}; write it like v1.20.4-eksbuild.1"
        raise nested.error("version", rule)
    return AddOnPlan(version, role_arns(nested))


def role_arns(nested: Arguments) -> Mapping[str, pulumi.Input[str]]:
    """Service account to role, each well-formed."""
    roles = nested.input_map("service_account_role_arns")
    for account, arn in roles.items():
        label = f"service_account_role_arns.{account}"
        if not SERVICE_ACCOUNT.fullmatch(account):
            rule = f"must be names of service accounts, such as ebs-csi-controller-sa, got {shown(account)}"
            raise nested.error("service_account_role_arns", rule)
        Arguments(nested.who, {label: arn}, nested.path).arn(label, "iam", "a role")
    return roles
