"""Availability zones of a network: the letters that choose its address blocks, and the zones behind them.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
"""

import re
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from slipway.common import ArgumentError, distinct, given, whole_number

from ._address_plan import ZONE_LETTERS

ZONE_COUNT = 2
MOST_ZONES = 6  # us-east-1 has six, the most of any region
ZONE_NAME = re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-h]")


def zone_letters(who: str, names: Sequence[str] | None, count: float | None) -> list[str]:
    """Letters that name subnets and choose their blocks: those of the zones named, else the first ones."""
    if names is not None and count is not None:
        raise ArgumentError(f"{who}: set zone_count or availability_zones, got both")
    if names is None:
        return list(ZONE_LETTERS[: whole_number(who, "zone_count", given(count, ZONE_COUNT), 1, MOST_ZONES)])
    if not names:
        raise ArgumentError(f"{who}: availability_zones must have at least one entry, got none; for example eu-west-1a")
    for zone in names:
        if not ZONE_NAME.fullmatch(zone):
            raise ArgumentError(f"{who}: availability_zones must be zone names such as eu-west-1a, got {zone!r}")
    distinct(who, "availability_zones", names)
    letters = [zone[-1] for zone in names]
    if len({zone[:-1] for zone in names}) > 1 or len(set(letters)) < len(letters):
        raise ArgumentError(f"{who}: availability_zones must be of one region, got {', '.join(names)}")
    return letters


def zone_names(
    who: str, letters: Sequence[str], names: Sequence[str] | None, child: pulumi.ResourceOptions
) -> dict[str, str]:
    """Letter to the name of its zone: the caller's, else the region's first ones."""
    if names is None:
        found = aws.get_availability_zones(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            opts=pulumi.InvokeOptions(parent=child.parent),
        )
        names = sorted(found.names)
    if len(names) < len(letters):
        raise ArgumentError(f"{who}: zone_count must be at most {len(names)} in this region, got {len(letters)}")
    return dict(zip(letters, names, strict=False))
