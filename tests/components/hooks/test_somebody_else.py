"""Whether somebody else deployed to a service since the last update, by the provider's look-ups."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from slipway.hooks._somebody_else import image_of, of_somebody_else

ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:"


def service(*deployments: tuple[str, str, int], events: Sequence[str] = ()) -> dict[str, Any]:
    """A service with deployments by id, status and revision."""
    return {
        "deployments": [{"id": id_, "status": status, "taskDefinition": f"{ARN}{n}"} for id_, status, n in deployments],
        "events": [{"message": message} for message in events],
    }


BACK = "(service shop) rolling back to deployment ecs-svc/1."


@pytest.mark.parametrize(
    ("seen", "theirs"),
    [
        (service(("ecs-svc/1", "PRIMARY", 7)), ""),
        (service(("ecs-svc/2", "PRIMARY", 9), ("ecs-svc/1", "ACTIVE", 7)), f"{ARN}9"),
        (service(("ecs-svc/1", "PRIMARY", 6), events=[BACK]), ""),
        (service(("ecs-svc/11", "PRIMARY", 9), events=[BACK]), f"{ARN}9"),
        (service(), ""),
    ],
    ids=["ours", "theirs", "ECS came back by itself", "ECS came back to another", "none"],
)
def test_what_somebody_else_deployed_is_the_primary_deployment_that_ecs_did_not_come_back_to(
    seen: dict[str, Any], theirs: str
) -> None:
    assert of_somebody_else(seen, f"{ARN}7") == theirs


def test_the_image_is_that_of_the_main_container_or_else_of_the_first() -> None:
    containers = [{"name": "proxy", "image": "proxy:1"}, {"name": "shop", "image": "shop:2"}]
    definition = {"containerDefinitions": json.dumps(containers)}
    assert [image_of(definition, name) for name in ("shop", "renamed")] == ["shop:2", "proxy:1"]
