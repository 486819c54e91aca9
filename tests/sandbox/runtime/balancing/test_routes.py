"""Which rule of a listener takes a request: every kind of condition, by case and wildcard as AWS compares them."""

from typing import Any

import pytest

from slipway_sandbox.runtime.balancing.routes import Action, Listener, Request, Rule

MET: Action = {"Type": "met"}
MISSED: Action = {"Type": "missed"}


def condition(field: str, config: str, *values: Any, **more: Any) -> dict[str, Any]:
    return {"Field": field, config: {"Values": list(values), **more}}


HOST = condition("host-header", "HostHeaderConfig", "*.Example.com")
PATH = condition("path-pattern", "PathPatternConfig", "/orders/*", "/exact")
OLD_FORM = {"Field": "path-pattern", "Values": ["/orders/*"]}
ODD_PATH = condition("path-pattern", "PathPatternConfig", "/[a]?")
HEADER = condition("http-header", "HttpHeaderConfig", "Beta*", HttpHeaderName="X-Kind")
METHOD = condition("http-request-method", "HttpRequestMethodConfig", "PUT", "POST")
SOURCE = condition("source-ip", "SourceIpConfig", "10.0.0.0/8", "127.0.0.0/8")
QUERY = condition("query-string", "QueryStringConfig", {"Key": "version", "Value": "2*"}, {"Value": "all"})


def takes(rule: list[Any], target: str = "/", method: str = "GET", source: str = "127.0.0.1", **headers: str) -> bool:
    listener = Listener([Rule(rule, MET), Rule([], MISSED)], {}, "HTTP", {})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return listener.action(Request(method, target, named, source)) is MET


@pytest.mark.parametrize(
    ("rule", "request_of", "expected"),
    [
        ([HOST], {"host": "API.example.com:8080"}, True),
        ([HOST], {"host": "example.com"}, False),
        ([PATH], {"target": "/orders/7?x=/no"}, True),
        ([PATH], {"target": "/orders"}, False),
        ([PATH], {"target": "/Orders/7"}, False),
        ([PATH], {"target": "/exact"}, True),
        ([OLD_FORM], {"target": "/orders/7"}, True),
        ([OLD_FORM], {"target": "/ordersx"}, False),
        ([ODD_PATH], {"target": "/[a]b"}, True),
        ([ODD_PATH], {"target": "/ab"}, False),
        ([HEADER], {"x_kind": "beta-7"}, True),
        ([HEADER], {"x_kind": "alpha"}, False),
        ([HEADER], {}, False),
        ([METHOD], {"method": "POST"}, True),
        ([METHOD], {"method": "GET"}, False),
        ([SOURCE], {"source": "10.9.9.9"}, True),
        ([SOURCE], {"source": "192.0.2.1"}, False),
        ([QUERY], {"target": "/?Version=20"}, True),
        ([QUERY], {"target": "/?version=1"}, False),
        ([QUERY], {"target": "/?other=ALL"}, True),
        ([PATH, METHOD], {"target": "/exact", "method": "PUT"}, True),
        ([PATH, METHOD], {"target": "/exact"}, False),
    ],
)
def test_a_rule_takes_what_its_conditions_hold_for(
    rule: list[dict[str, Any]], request_of: dict[str, str], expected: bool
) -> None:
    assert takes(rule, **request_of) is expected


def test_a_condition_that_is_not_known_is_an_error_and_not_a_match() -> None:
    with pytest.raises(ValueError, match="no condition moon-phase"):
        takes([{"Field": "moon-phase"}])
