"""Values in sentences, names, and outputs that become text."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from slipway import ArgumentError
from slipway.common import Arguments, as_text, shown
from slipway.common._text import different_names
from slipway.task import workload
from tests.support.components.mocks import build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import TASK, WORKER


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (80.0, "80"),
        ([1.0, {"a": 2.5}], "[1, {'a': 2.5}]"),
        (10**400, "a number of 401 digits"),
        (float("nan"), "nan"),
        ("\ud800", r"'\ud800'"),
        ({str(number): 1 for number in range(21)}, "a mapping of 21 entries"),
    ],
)
def test_a_sentence_shows_a_value_as_its_caller_wrote_it(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_sentence_stays_short_for_a_value_without_end() -> None:
    endless: dict[str, object] = {}
    endless["a"] = endless
    assert shown(endless) == "{'a': {'a': {'a': {'a': a mapping of 1 entries}}}}"
    assert len(shown("x" * 10_000)) < 310


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (5432, "5432"), (5432.0, "5432"), (1.5, "1.5"), (True, "true"), (False, "false")]
)
def test_a_number_becomes_text_as_a_person_would_write_it(value: object, text: str) -> None:
    assert as_text("T", "port", value) == text


@pytest.mark.parametrize(("value", "kind"), [(None, "nothing"), ([1], "a list"), ({"a": 1}, "a mapping")])
def test_what_is_no_text_is_refused_without_its_value(value: object, kind: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        as_text("T", "port", value)
    assert str(caught.value) == f"T: port must be text, got an Output with {kind}; give one text of it"


def test_two_keys_with_one_name_are_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        different_names("T", "queues", [("a", "x-a"), ("b", "x-b"), ("A", "x-a")])
    rule = "the keys of queues must give different names to all resources"
    assert str(caught.value) == f"T: {rule}, got 'a' and 'A', which both give 'x-a'; rename one"


def out(value: object) -> Any:
    """An output with a value of any type, as resources of other providers have."""
    return pulumi.Output.from_input(value)


Container = dict[str, Any]


def containers(args: Callable[[], dict[str, Any]]) -> list[Container]:
    """Definitions of a service's containers; the arguments are made inside of the run, since they hold outputs."""
    built = build(lambda: COMPONENTS["FargateService"]("api", TASK | args()))
    found: list[Container] = json.loads(
        built.one("taskDefinition:TaskDefinition", "api").inputs["containerDefinitions"]
    )
    return found


def test_variables_from_outputs_are_text_in_every_container() -> None:
    def args() -> dict[str, Any]:
        values = {"PORT": out(5432.0), "RATIO": out(1.5), "ON": out(True), "NAME": out("a"), "PLAIN": 8080.0}
        return {"environment": values, "sidecars": {"proxy": {"image": TASK["image"], "environment": {"PORT": out(1)}}}}

    main, proxy = containers(args)
    written = {variable["name"]: variable["value"] for variable in main["environment"]}
    assert written == {"NAME": "a", "ON": "true", "PLAIN": "8080", "PORT": "5432", "RATIO": "1.5"}
    assert proxy["environment"] == [{"name": "PORT", "value": "1"}]


NO_TEXT: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "a variable": (
        lambda: {"environment": {"HOST": out(None)}},
        "environment.HOST must be text, got an Output with nothing",
    ),
    "a sidecar's": (
        lambda: {"sidecars": {"proxy": {"image": TASK["image"], "environment": {"A": out([1])}}}},
        "sidecars.proxy.environment.A must be text, got an Output with a list",
    ),
    "a secret": (lambda: {"secrets": {"A": out({"a": 1})}}, "secrets.A must be text, got an Output with a mapping"),
    "an image": (lambda: {"image": out(None)}, "image must be text, got an Output with nothing"),
    "a file": (
        lambda: {"environment_files": [out(None)]},
        "environment_files[0] must be text, got an Output with nothing",
    ),
    "a resource": (
        lambda: {"permissions": [{"actions": ["s3:GetObject"], "resources": [out([])]}]},
        "permissions[0].resources[0] must be text, got an Output with a list",
    ),
    "a tag": (lambda: {"tags": {"team": out(None)}}, "tags.team must be text, got an Output with nothing"),
    "tags": (lambda: {"tags": out(["team"])}, "tags must be a mapping, got an Output with something else"),
}


def texts_of(args: dict[str, Any]) -> pulumi.Output[Any]:
    """Every text in the documents of a service, without the service: a resource would report the refusal again."""
    arguments = Arguments("FargateService 'api'", TASK | args)
    tasks = workload(arguments, "api")
    in_containers = [[it.image, it.environment, it.environment_files, it.secrets] for it in tasks.containers]
    return pulumi.Output.all(in_containers, [list(it.resources) for it in tasks.permissions], arguments.tags())


@pytest.mark.parametrize("case", NO_TEXT)
def test_an_output_that_is_no_text_is_one_sentence(case: str) -> None:
    args, says = NO_TEXT[case]
    with pytest.raises(pulumi.RunError) as caught:
        build(lambda: texts_of(args()))
    assert str(caught.value).startswith(f"FargateService 'api': {says}; give ")


def test_tags_from_outputs_are_text_and_a_name_of_the_callers_own_wins_in_any_case() -> None:
    def construct() -> None:
        COMPONENTS["Queue"]("work", {"tags": out({"cost": 12, "name": "mine"})})

    queue = build(construct).one("queue:Queue", "work")
    assert queue.inputs["tags"] == {"cost": "12", "name": "mine"}


Queue, FanOut, QueueWorker = COMPONENTS["Queue"], COMPONENTS["FanOut"], COMPONENTS["QueueWorker"]


def test_a_queue_with_the_name_of_anothers_dead_letter_queue_is_refused() -> None:
    def construct() -> None:
        Queue("work", {})
        Queue("works", {})
        with pytest.raises(ArgumentError) as caught:
            Queue("work-dead", {})
        rule = "the name must give both queues names of their own"
        assert (
            str(caught.value)
            == f"Queue 'work-dead': {rule}, got 'work-dead', which a queue of Queue 'work' has; rename one"
        )

    assert "work-dead" not in {it.name for it in build(construct).resources if it.type == "slipway:index:Queue"}


RULE = "must give different names to all resources, got"
COLLIDING = {
    "a dead-letter queue": (
        lambda: FanOut("shop", {"queues": {"a": {}, "a-dead": {}}}),
        Refused({}, f"the keys of queues {RULE} 'a' and 'a-dead', which both give 'shop-a-dead'; rename one"),
    ),
    "variables of a worker": (
        lambda: QueueWorker(
            "shop", WORKER | {"queues": {"a": WORKER["queues"]["orders"], "A": WORKER["queues"]["orders"]}}
        ),
        Refused({}, f"the keys of queues {RULE} 'a' and 'A', which both give 'QUEUE_URL_A'; rename one"),
    ),
    "endpoints": (
        lambda: COMPONENTS["Network"]("shop", {"interface_endpoints": ["ecr.api", "ecr-api"]}),
        Refused(
            {}, f"the keys of interface_endpoints {RULE} 'ecr.api' and 'ecr-api', which both give 'ecr-api'; rename one"
        ),
    ),
}


@pytest.mark.parametrize("case", COLLIDING)
def test_keys_that_give_two_resources_one_name_are_refused(case: str) -> None:
    construct, refused = COLLIDING[case]
    assert refusal(construct).partition(": ")[2] == refused.says
