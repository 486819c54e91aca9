"""The caller's provider reaches every child and every look-up, however it comes to the component."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_aws
import pytest

from tests.support import other_languages
from tests.support.components.built_samples import CASES, NAME, SAMPLES
from tests.support.components.existing_network import EXISTING
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS

Construct = Callable[[str, Mapping[str, Any], pulumi_aws.Provider], object]


def with_its_own(kind: str, args: Mapping[str, Any], provider: pulumi_aws.Provider) -> object:
    return COMPONENTS[kind](NAME, args, pulumi.ResourceOptions(providers=[provider]))


def under_a_parent(kind: str, args: Mapping[str, Any], provider: pulumi_aws.Provider) -> object:
    team = pulumi.ComponentResource("team:index:Shop", "shop", {}, pulumi.ResourceOptions(providers=[provider]))
    return COMPONENTS[kind](NAME, args, pulumi.ResourceOptions(parent=team))


def by_the_plugin(kind: str, args: Mapping[str, Any], provider: pulumi_aws.Provider) -> None:
    other_languages.construct(kind, NAME, args, pulumi.ResourceOptions(providers={"aws": provider}))


@pytest.mark.parametrize("how", [with_its_own, under_a_parent, by_the_plugin], ids=lambda how: how.__name__)
@pytest.mark.parametrize(("kind", "case"), CASES)
def test_the_provider_reaches_every_child_and_lookup(kind: str, case: str, how: Construct) -> None:
    def construct() -> None:
        how(kind, SAMPLES[case][kind], pulumi_aws.Provider("elsewhere", region="us-west-2"))

    made = build(construct, EXISTING)
    used = [it.provider for it in made.resources if it.type.startswith("aws:")] + [it.provider for it in made.calls]
    assert {provider.split("::")[-2:][0] for provider in used} == {"elsewhere"}
