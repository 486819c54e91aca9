"""Availability zones of a network. The last letter of a zone chooses its address blocks.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi.output import UNKNOWN

from slipway.common import ArgumentError, Arguments, Context, distinct, not_empty

from ._address_plan import ZONE_LETTERS

ZONE_COUNT = 2
MOST_ZONES = 6  # us-east-1 has six, the most of any region
ZONE_NAME = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9][a-h]")


@dataclass(frozen=True)
class ZoneSpec:
    """Checked choice of zones."""

    letters: Sequence[str]
    names: Sequence[str] | None
    """The caller's zones, one for each letter; None to look them up."""


def zone_spec(arguments: Arguments) -> ZoneSpec:
    """Zones of availability_zones, otherwise the first letters for zone_count."""
    if not arguments.has("availability_zones"):
        count = arguments.whole_number("zone_count", 1, MOST_ZONES, ZONE_COUNT)
        return ZoneSpec(ZONE_LETTERS[:count], None)
    arguments.not_both("zone_count", "availability_zones")
    names = arguments.texts("availability_zones")
    not_empty(arguments.who, "availability_zones", names, "eu-west-1a")
    for name in names:
        if not ZONE_NAME.fullmatch(name):
            raise arguments.error("availability_zones", f"must be zone names such as eu-west-1a, got {name!r}")
    distinct(arguments.who, "availability_zones", names)
    letters = [name[-1] for name in names]
    if len({name[:-1] for name in names}) > 1 or len(set(letters)) < len(letters):
        raise arguments.error("availability_zones", f"must be of one region, got {', '.join(names)}")
    return ZoneSpec(letters, names)


def zone_names(context: Context, spec: ZoneSpec) -> dict[str, pulumi.Input[str]]:
    """Letter to zone name; a look-up takes the region's first zones by name. Raises ArgumentError.

    In a preview the names may be unknown, as the provider's configuration may be.
    """
    names = spec.names
    if names is None:
        zones = aws.get_availability_zones(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            opts=pulumi.InvokeOptions(parent=context.child.parent),
        )
        if zones.names is None:
            return {letter: pulumi.Output.from_input(UNKNOWN) for letter in spec.letters}
        names = sorted(zones.names)
    if len(names) < len(spec.letters):
        rule = f"must be at most {len(names)} in this region, got {len(spec.letters)}"
        raise ArgumentError(f"{context.who}: zone_count {rule}")
    return dict(zip(spec.letters, names, strict=False))
