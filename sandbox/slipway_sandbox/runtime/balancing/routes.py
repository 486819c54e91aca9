"""A request at a load balancer's listener: rules, actions and targets as plain values.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
"""

import hashlib
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import TypedDict
from urllib.parse import urlsplit

_turns = itertools.count()


class Patterns(TypedDict, total=False):
    """Patterns of a condition."""

    HttpHeaderName: str
    Values: list[str]


class KeyValue(TypedDict, total=False):
    """A parameter of a query."""

    Key: str
    Value: str


class QueryValues(TypedDict):
    """Parameters of a query; one of them has to match."""

    Values: list[KeyValue]


class Condition(TypedDict, total=False):
    """A condition of a listener rule."""

    Field: str
    Values: list[str]
    HostHeaderConfig: Patterns | None
    HttpHeaderConfig: Patterns
    HttpRequestMethodConfig: Patterns | None
    PathPatternConfig: Patterns | None
    QueryStringConfig: QueryValues
    SourceIpConfig: Patterns | None


class WeightedGroup(TypedDict, total=False):
    """A target group with its weight."""

    TargetGroupArn: str
    Weight: int


class ForwardConfig(TypedDict, total=False):
    """Target groups of a forward action."""

    TargetGroups: list[WeightedGroup]


class RedirectConfig(TypedDict, total=False):
    """Where a redirect action goes."""

    Protocol: str
    Host: str
    Port: str
    Path: str
    Query: str
    StatusCode: str


class FixedResponseConfig(TypedDict, total=False):
    """The answer of a fixed-response action."""

    StatusCode: str
    ContentType: str | None
    MessageBody: str | None


class Action(TypedDict, total=False):
    """An action of a listener rule."""

    Type: str
    TargetGroupArn: str
    ForwardConfig: ForwardConfig | None
    RedirectConfig: RedirectConfig
    FixedResponseConfig: FixedResponseConfig


@dataclass(frozen=True)
class Target:
    """One registered address."""

    host: str
    port: int
    healthy: bool
    sticky_seconds: int = 0
    """How long a client stays with it, by the load balancer's cookie; 0 where any target will do."""
    group: str = ""
    """ARN of its target group."""

    @property
    def token(self) -> str:
        """Value of a sticky client's cookie."""
        return hashlib.sha256(f"{self.host}:{self.port}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Rule:
    """Conditions, which must all hold, and the last action; the default rule has no conditions."""

    conditions: Sequence[Condition]
    action: Action


@dataclass(frozen=True)
class Request:
    """The request, as a rule sees it."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """By lower-case name."""
    source: str = "127.0.0.1"
    """Address of who asks."""


@dataclass(frozen=True)
class Listener:
    """One listener as of the last look: rules by priority, targets by target group."""

    rules: Sequence[Rule]
    targets: Mapping[str, Sequence[Target]]
    protocol: str
    """HTTP or HTTPS, as the target is told; on this machine both are plain HTTP."""
    urls: Mapping[str, str]
    """This load balancer's local URLs by listener port, for redirects to another listener."""
    balancer: str = ""
    """ARN of the load balancer."""

    def action(self, request: Request) -> Action:
        """Action of the first matching rule."""
        return next(rule.action for rule in self.rules if all(_holds(entry, request) for entry in rule.conditions))

    def pick(self, action: Action, token: str = "") -> Target | None:
        """A target for a forward action: the client's own, else by weight, then in turn among the healthy ones.

        With no healthy target at all, a load balancer tries every one.
        """
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or [
            {"TargetGroupArn": action["TargetGroupArn"]}
        ]
        for group in groups:
            for target in self.targets.get(group["TargetGroupArn"], ()):
                if token and target.sticky_seconds and target.healthy and target.token == token:
                    return target
        weights = [float(group.get("Weight", 1)) for group in groups]
        if not any(weights):
            return None
        [group] = random.choices(groups, weights)  # noqa: S311 - load, not secrets
        targets = self.targets.get(group["TargetGroupArn"], ())
        usable = [target for target in targets if target.healthy] or list(targets)
        return usable[next(_turns) % len(usable)] if usable else None


def _holds(condition: Condition, request: Request) -> bool:
    field = condition["Field"]
    url = urlsplit(request.target)
    if field == "path-pattern":
        return _any(_values(condition, condition.get("PathPatternConfig")), url.path)
    if field == "host-header":
        host = request.headers.get("host", "").partition(":")[0]
        return _any_case(_values(condition, condition.get("HostHeaderConfig")), host)
    if field == "http-request-method":
        return request.method in _values(condition, condition.get("HttpRequestMethodConfig"))
    if field == "http-header":
        name = condition["HttpHeaderConfig"]["HttpHeaderName"].lower()
        return name in request.headers and _any_case(
            _values(condition, condition.get("HttpHeaderConfig")), request.headers[name]
        )
    if field == "query-string":
        pairs = [pair.partition("=") for pair in url.query.split("&")]
        return any(
            _any_case([wanted["Value"]], value) and ("Key" not in wanted or _any_case([wanted["Key"]], key))
            for wanted in condition["QueryStringConfig"]["Values"]
            for key, _, value in pairs
        )
    if field == "source-ip":
        source = ip_address(request.source)
        return any(source in ip_network(block) for block in _values(condition, condition.get("SourceIpConfig")))
    raise ValueError(f"the sandbox's load balancer has no condition {field}")


def _values(condition: Condition, config: Patterns | None) -> list[str]:
    return (config or {}).get("Values") or condition.get("Values") or []


def _any(patterns: Sequence[str], value: str) -> bool:
    return any(fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


def _any_case(patterns: Sequence[str], value: str) -> bool:
    return _any([pattern.lower() for pattern in patterns], value.lower())


def redirect_url(action: Action, request: Request, urls: Mapping[str, str]) -> str:
    """Location of a redirect action; a redirect to another listener of the load balancer goes to its local URL."""
    config = action["RedirectConfig"]
    url = urlsplit(request.target)
    host, _, port = request.headers.get("host", "localhost").partition(":")
    parts = {"protocol": "http", "host": host, "port": port or "80", "path": url.path[1:], "query": url.query}

    def filled(given: str | None, default: str) -> str:
        text = given or default
        for key, value in parts.items():
            text = text.replace(f"#{{{key}}}", value)
        return text

    to_port = filled(config.get("Port"), "#{port}")
    path, query = filled(config.get("Path"), "/#{path}"), filled(config.get("Query"), "#{query}")
    tail = f"{path}?{query}" if query else path
    if to_port in urls and not config.get("Host", "#{host}").replace("#{host}", ""):
        return f"{urls[to_port]}{tail}"
    return f"{filled(config.get('Protocol'), '#{protocol}').lower()}://{filled(config.get('Host'), '#{host}')}:{to_port}{tail}"
