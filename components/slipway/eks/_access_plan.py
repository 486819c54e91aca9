"""Who comes into a cluster: administrators, viewers, and the role of deployments.

Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from slipway.common import ArgumentError, Arguments, not_empty, shown

ADMINS, VIEWERS = "admins", "viewers"
ROLE_EXAMPLE = "arn:aws:iam::123456789012:role/deployer"
ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+")
SERVICE_LINKED = re.compile(r"arn:[^:]+:iam::[0-9]{12}:role/aws-service-role/.*")


@dataclass(frozen=True)
class AccessPlan:
    """Checked roles of a cluster."""

    admins: Mapping[str, pulumi.Input[str]]
    """Name to role."""
    viewers: Mapping[str, pulumi.Input[str]]
    deployer: str
    """Name of the administrator that deploys."""


def access_plan(arguments: Arguments) -> AccessPlan:
    """Check who comes into a new cluster. Raises ArgumentError."""
    if not arguments.has(ADMINS):
        fix = f'name the roles that administer it, such as {{"deployer": "{ROLE_EXAMPLE}"}}'
        raise arguments.error(ADMINS, f"is required for a new cluster, got nothing; {fix}")
    names = arguments.child_keys(ADMINS)
    not_empty(arguments.who, ADMINS, names, f'{{"deployer": "{ROLE_EXAMPLE}"}}')
    for name in arguments.child_keys(VIEWERS):
        if name in names:
            rule = f"must not be those of {ADMINS}, got {shown(name)} in both"
            raise ArgumentError(f"{arguments.who}: the keys of {VIEWERS} {rule}; an administrator may view, remove it")
    admins, viewers = arguments.input_map(ADMINS), arguments.input_map(VIEWERS)
    check_roles(arguments, {ADMINS: admins, VIEWERS: viewers})
    return AccessPlan(admins, viewers, deployer(arguments, list(names)))


def check_roles(arguments: Arguments, roles: Mapping[str, Mapping[str, pulumi.Input[str]]]) -> None:
    """Refuse other principals than roles, and a role in two places: a cluster has one entry for each."""
    place_of: dict[str, str] = {}
    for argument, named in roles.items():
        for name, arn in named.items():
            place = f"{argument}.{name}"
            check_role(arguments, place, arn)
            if isinstance(arn, str) and place_of.setdefault(arn, place) != place:
                raise arguments.error(
                    place, f"must be another role than {place_of[arn]}, got {arn} in both; remove one"
                )


def check_role(arguments: Arguments, place: str, arn: pulumi.Input[str] | None) -> None:
    """Refuse an ARN of anything but a role that EKS lets in; outputs pass unread."""
    if not isinstance(arn, str):
        return
    if not ROLE.fullmatch(arn):
        raise arguments.error(place, f"must be the ARN of a role, got {shown(arn)}; write it like {ROLE_EXAMPLE}")
    if SERVICE_LINKED.fullmatch(arn):
        rule = f"must not be a service-linked role, got {arn}; EKS lets in none, name a role of your own"
        raise arguments.error(place, rule)


def deployer(arguments: Arguments, admins: list[str]) -> str:
    """Name of the administrator that deploys: the given one, or the only one."""
    if arguments.has("deployer"):
        return arguments.one_of("deployer", admins, "")
    if len(admins) > 1:
        rule = f"is required where {ADMINS} has several entries, got nothing; set it to {' or '.join(admins)}"
        raise arguments.error("deployer", rule)
    return admins[0]
