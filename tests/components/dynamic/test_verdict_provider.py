"""The verdict as the engine calls it: what is a change, what is recorded, how a call ends, whose credentials it takes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from botocore.exceptions import NoCredentialsError
from pulumi import dynamic

from slipway.deployment._evidence import Aws, clients
from slipway.dynamic.verdict import VerdictProvider
from tests.support.components.ecs_history import ASKED, BEFORE, PROPS, ROLLED_BACK, World, deployment, refusal, service
from tests.support.components.engine import Engine

UNDER_WAY = service(deployment("PRIMARY", ASKED, "IN_PROGRESS", running=1))
COMPLETED = service(deployment("PRIMARY", ASKED, "COMPLETED", running=2))


class Asked(VerdictProvider):
    """Asks a world in the place of AWS."""

    def __init__(self, world: World) -> None:
        self.world = world

    def _aws(self, props: Mapping[str, object]) -> Aws:
        return Aws(self.world, dict(props))


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        (COMPLETED, False),
        (UNDER_WAY, True),
        (ROLLED_BACK, True),
        (None, True),
        (refusal("DescribeServices", "AccessDeniedException"), True),
        (refusal("DescribeServices", "ThrottlingException"), True),
        (NoCredentialsError(), True),
    ],
    ids=["runs", "under way", "rolled back", "gone", "refused", "throttled", "no credentials"],
)
def test_with_nothing_new_it_is_a_change_unless_the_service_runs_what_was_asked(
    answer: dict[str, Any] | Exception | None, changes: bool
) -> None:
    assert Asked(World(answer)).diff("id", PROPS, PROPS).changes is changes


def test_a_changed_input_is_a_change_without_asking_aws() -> None:
    world = World(COMPLETED)
    assert Asked(world).diff("id", PROPS, PROPS | {"task_definition_arn": BEFORE}).changes is True
    assert world.looks == 0


@pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="nobody asks what runs before it is replaced: what somebody else deployed since the last update goes unsaid",
)
def test_what_somebody_else_deployed_is_named_before_it_is_replaced(engine: Engine) -> None:
    others = ASKED.replace("shop:7", "shop:9")
    world = World(service(deployment("PRIMARY", others, "COMPLETED", running=2)))
    Asked(world).diff("id", PROPS | {"task_definition_arn": BEFORE}, PROPS)
    assert [line for line in engine.told if "shop:9" in line.message] != []


def test_what_was_waited_for_is_recorded(engine: Engine) -> None:
    made = Asked(World(COMPLETED)).create(PROPS)
    assert (made.id, made.outs) == (PROPS["service"], PROPS)
    assert Asked(World(COMPLETED)).update("id", {}, PROPS).outs == PROPS


def test_a_failure_is_recorded_neither_as_made_nor_as_changed(engine: Engine) -> None:
    failed = r"^service 'shop': the deployment of shop:7 was rolled back to shop:6\n"
    with pytest.raises(pulumi.RunError, match=failed):
        Asked(World(ROLLED_BACK)).create(PROPS)
    with pytest.raises(pulumi.RunError, match=failed):
        Asked(World(ROLLED_BACK)).update("id", {}, PROPS)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NoCredentialsError(), "Unable to locate credentials"),
        (
            refusal("DescribeServices", "AccessDeniedException"),
            "An error occurred (AccessDeniedException) when calling the DescribeServices operation: no",
        ),
    ],
)
def test_a_deployment_that_cannot_be_looked_at_fails_and_says_whose_credentials_it_takes(
    engine: Engine, answer: Exception, reason: str
) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        Asked(World(answer)).create(PROPS)
    assert str(caught.value) == (
        f"service 'shop': the deployment cannot be looked at: {reason}; it takes the environment's credentials, or "
        "those of aws:profile, and an explicit provider's never: give it these, or set without_verdict"
    )


def test_a_profile_that_is_not_there_is_a_change_which_says_so(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    provider = VerdictProvider()
    provider.configure(dynamic.ConfigureRequest(dynamic.Config({"aws:profile": "lost"}, "shop")))
    assert provider.diff("id", PROPS, PROPS).changes is True
    with pytest.raises(pulumi.RunError, match=r"The config profile \(lost\) could not be found"):
        provider.create(PROPS)


def test_clients_have_the_region_of_the_service_and_the_patience_of_a_wait(
    credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = clients(PROPS, None)
    assert client("ecs") is client("ecs"), "one client for each service, since each takes time to make"
    assert client("logs").meta.region_name == "eu-west-1"
    assert client("ecs").meta.config.retries == {"mode": "standard", "total_max_attempts": 8}
