"""The last value that is allowed and the first that is not, where a check is written by hand; and choices at their edge."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from slipway import ArgumentError
from slipway.access._targets import targets
from slipway.common import Arguments
from slipway.load_balancing._load_balancer_plan import check_domain_name
from slipway.messaging.filters._policy import check_filter_policy
from slipway.service._scaling import schedule
from slipway.service._strategy import port_for_tests, step_percent
from slipway.worker._worker_times import check_visibility
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BEHIND_BALANCER, SHARED_BALANCER, TASK


def filtered(policy: dict[str, Any]) -> None:
    check_filter_policy("T", "filter", policy, "MessageAttributes")


def service(args: dict[str, Any]) -> None:
    build(lambda: COMPONENTS["FargateService"]("api", args))


def sidecars(memory_mib: int) -> dict[str, Any]:
    """Two, of which one leaves its memory to the task."""
    image = {"image": TASK["image"]}
    return TASK | {"sidecars": {"proxy": image | {"memory_mib": memory_mib}, "agent": image}}


def share(kind: str, percent: float) -> float:
    """The share of the requests that a strategy moves."""
    return step_percent(Arguments("T", {"step_percent": percent}, "deployment."), kind)


class Bound(NamedTuple):
    """The last allowed value, the first refused one, and the sentence about it."""

    last: Callable[[], object]
    first: Callable[[], object]
    sentence: str


BOUNDS: dict[str, Bound] = {
    "a share of a canary, at most": Bound(
        lambda: share("canary", 100),
        lambda: share("canary", 100.5),
        "deployment.step_percent must be 0.1-100 with strategy canary, got 100.5",
    ),
    "a share of a canary, at least": Bound(
        lambda: share("canary", 0.1),
        lambda: share("canary", 0.05),
        "deployment.step_percent must be 0.1-100 with strategy canary, got 0.05",
    ),
    "a linear share, at least": Bound(
        lambda: share("linear", 3),
        lambda: share("linear", 2.5),
        "deployment.step_percent must be 3-100 with strategy linear, got 2.5",
    ),
    "a domain name": Bound(
        lambda: check_domain_name("T", "name", f"{'a' * 60}.com"),
        lambda: check_domain_name("T", "name", f"{'a' * 61}.com"),
        f"name must be a domain name in lower case, at most 64 long, such as api.example.com, got '{'a' * 61}.com'",
    ),
    "combinations of a filter": Bound(
        lambda: filtered({"a": [str(it) for it in range(75)], "b": ["1", "2"]}),
        lambda: filtered({"a": [str(it) for it in range(151)]}),
        "filter must have at most 150 combinations of values, got 151; that is the limit of SNS",
    ),
    "attributes of a filter": Bound(
        lambda: filtered({key: ["v"] for key in "abcde"}),
        lambda: filtered({key: ["v"] for key in "abcdef"}),
        "filter must name at most 5 attributes, got 6; that is the limit of SNS",
    ),
    "a number in a filter": Bound(
        lambda: filtered({"a": [10**9, -(10**9)]}),
        lambda: filtered({"a": [10**9 + 1]}),
        "filter.a[0] must be a number from -1000000000 to 1000000000, got 1000000001",
    ),
    "digits of a number in a filter": Bound(
        lambda: filtered({"a": [0.12345]}),
        lambda: filtered({"a": [0.123456]}),
        "filter.a[0] must have at most 5 digits after the decimal point, got 0.123456",
    ),
    "the last number of a range in a filter": Bound(
        lambda: filtered({"a": [{"numeric": [">", 0, "<=", 10**9]}]}),
        lambda: filtered({"a": [{"numeric": [">", 0, "<=", 10**9 + 1]}]}),
        "filter.a[0].numeric[3] must be a number from -1000000000 to 1000000000, got 1000000001",
    ),
    "an alternative that says nothing": Bound(
        lambda: filtered({"$or": [{"a": ["1"]}, {"b": ["1"]}]}),
        lambda: filtered({"$or": [{"a": ["1"]}, {}]}),
        "filter.$or must be a list of two or more mappings, got [{'a': ['1']}, {}]",
    ),
    "the visibility of what a stopping task works on": Bound(
        lambda: check_visibility("T", "visibility", 30, None, 30),
        lambda: check_visibility("T", "visibility", 29, None, 30),
        "visibility must be at least stop_timeout_seconds 30, got 29; or another task gets the messages of a stopping one; "
        "raise it on the queue, or extend it while a handler runs",
    ),
    "the visibility of the slowest message": Bound(
        lambda: check_visibility("T", "visibility", 31, 30, 60),
        lambda: check_visibility("T", "visibility", 30, 30, 60),
        "visibility must be above longest_message_seconds 30, got 30; or messages are handled twice at once; raise it on "
        "the queue, or extend it while a handler runs",
    ),
    "the time that the slowest request has": Bound(
        lambda: service(BEHIND_BALANCER | {"longest_request_seconds": 60, "stop_timeout_seconds": 60}),
        lambda: service(BEHIND_BALANCER | {"longest_request_seconds": 60, "stop_timeout_seconds": 59}),
        "stop_timeout_seconds must cover longest_request_seconds, 60, got 59; set it to 60, as requests may begin just "
        "before SIGTERM",
    ),
    "the memory that is left beside sidecars": Bound(
        lambda: service(sidecars(511)),
        lambda: service(sidecars(512)),
        "memory_mib of sidecars must be less than memory_mib, 512, got 512; the service's own container needs some; make "
        "them smaller or memory_mib larger",
    ),
}


@pytest.mark.parametrize(("last", "first", "sentence"), BOUNDS.values(), ids=BOUNDS)
def test_a_bound_is_where_the_sentence_says(
    last: Callable[[], object], first: Callable[[], object], sentence: str
) -> None:
    last()
    with pytest.raises(ArgumentError) as caught:
        first()
    assert str(caught.value).removeprefix("FargateService 'api': ").removeprefix("T: ") == sentence


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 20 * * ? *)",
        "rate(1 day)",
        "rate(5 minutes)",
        "rate(12 hours)",
        "at(2026-11-25T20:00)",
        "at(2026-11-25T20:00:30)",
    ],
)
def test_every_form_of_a_scaling_schedule_is_taken(expression: str) -> None:
    assert schedule("nights", Arguments("T", {"schedule": expression, "min_tasks": 0})).expression == expression


@pytest.mark.parametrize("found", [80, 443])
def test_a_test_port_that_serves_already_is_refused(found: int) -> None:
    with pytest.raises(ArgumentError) as caught:
        port_for_tests(Arguments("T", {"test_port": found}, "deployment."))
    fix = "the load balancer serves requests there; take another, such as 8443"
    assert str(caught.value) == f"T: deployment.test_port must not be 80 or 443, got {found}; {fix}"


@pytest.mark.parametrize(("wanted", "local"), [(22, 10022), (1023, 11023), (1024, 1024), (65535, 65535)])
def test_a_port_that_only_root_may_open_is_put_elsewhere(wanted: int, local: int) -> None:
    found = targets(Arguments("T", {"targets": {"database": {"host": "db.internal", "port": wanted}}}), "door", [])
    assert found["database"].local_port == local


def test_a_load_balancer_answers_under_the_first_of_its_names_that_is_no_wildcard() -> None:
    names = {"domain_names": ["*.shop.example.com", "shop.example.com"], "hosted_zone_id": "Z123"}
    built = build(lambda: COMPONENTS["LoadBalancer"]("edge", SHARED_BALANCER | names))
    assert built.component_outputs("LoadBalancer")["url"] == "https://shop.example.com"
