"""Priorities of listener rules: from the rule alone, the more specific first, and seldom the same."""

import itertools
import random

import pytest

from slipway.load_balancing._rule_priority import Conditions, band, priority


def asked(hosts: str = "", paths: str = "", more: str = "") -> Conditions:
    return Conditions(tuple(hosts.split()), tuple(paths.split()), tuple(more.split()))


# From the most specific to the least.
IN_ORDER = [
    asked("api.example.com", "/orders"),
    asked("api.example.com", "/orders/v1/items/new/*"),
    asked("api.example.com", "/orders/v1/items/*"),
    asked("api.example.com", "/orders/v1/*"),
    asked("api.example.com", "/orders/*", "method:GET"),
    asked("api.example.com", "/orders/*"),
    asked("api.example.com", "/*"),
    asked("*.example.com", "/orders/*"),
    asked("*.example.com"),
    asked(paths="/orders/v1/*"),
    asked(paths="/orders*"),
    asked(more="method:GET"),
    asked(paths="/*"),
]


def test_the_more_specific_rule_comes_first() -> None:
    for first, second in itertools.pairwise(IN_ORDER):
        assert band(first) < band(second), (first, second)
        assert priority(first) < priority(second), (first, second)


def test_of_several_values_the_least_specific_counts() -> None:
    assert band(asked("api.example.com *.example.com", "/a/b/* /*")) == band(asked("*.example.com", "/*"))


def test_priorities_stay_what_they_are() -> None:
    """A change of these numbers would move every rule of every stack."""
    assert [priority(it) for it in IN_ORDER] == EXPECTED


EXPECTED = [1883, 2737, 3708, 7689, 8142, 9138, 22157, 28584, 29526, 38969, 41969, 49460, 49561]


@pytest.mark.parametrize("shape", [asked("{}.example.com"), asked(paths="/{}/*"), asked("api.example.com", "/{}/*")])
def test_ten_services_of_one_shape_seldom_meet(shape: Conditions) -> None:
    names = [f"service{number}" for number in range(2000)]
    chosen = random.Random(7)

    def numbers(of: list[str]) -> set[int]:
        fill = [
            Conditions(
                *(tuple(it.replace("{}", name) for it in part) for part in (shape.hosts, shape.paths, shape.more))
            )
            for name in of
        ]
        return {priority(it) for it in fill}

    met = sum(len(numbers(chosen.sample(names, 10))) < 10 for _ in range(500))
    assert met <= 10, f"{met} of 500 listeners with ten services"


def test_every_priority_is_one_that_aws_takes_and_leaves_the_first_to_people() -> None:
    for hosts, paths, more in itertools.product(
        ("", "a.b", "*.b"), ("", "/*", "/a", "/a/*", "/a/b/*", "/a/b/c/*", "/a/b/c/d/*"), ("", "x")
    ):
        assert 1000 <= priority(asked(hosts, paths, more)) < 50000


def test_the_next_attempt_is_another_number_that_is_as_specific() -> None:
    for rule in IN_ORDER:
        numbers = {priority(rule, attempt) for attempt in range(500)}
        assert len(numbers) == 500
        assert all(
            priority(other) not in range(min(numbers), max(numbers) + 1)
            for other in IN_ORDER
            if band(other) != band(rule)
        )
