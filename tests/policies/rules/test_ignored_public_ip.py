"""An instance that ignores its public address is judged by one rule, with the stack around it, and not by two."""

import pytest

from slipway_policies.engine.resources import Options, Resource
from slipway_policies.rules.ec2.access import ec2_no_public_ip

INSTANCE, SPOT = "aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"


def findings(kind: str, *ignored: str) -> int:
    """Findings of `ec2-no-public-ip` about a public resource with these ignored changes."""
    props = {"associatePublicIpAddress": True}
    return len(list(ec2_no_public_ip(Resource(kind, "host", "urn", props, Options(ignore_changes=ignored)))))


@pytest.mark.parametrize(
    ("kind", "ignored", "expected"),
    [
        (INSTANCE, ("associatePublicIpAddress",), 0),
        (INSTANCE, ("associate_public_ip_address", "ami"), 0),
        (INSTANCE, ("ami",), 1),
        (INSTANCE, (), 1),
        (SPOT, ("associatePublicIpAddress",), 1),
    ],
)
def test_only_an_instance_with_an_ignored_address_is_left_to_the_rule_over_the_stack(
    kind: str, ignored: tuple[str, ...], expected: int
) -> None:
    assert findings(kind, *ignored) == expected
