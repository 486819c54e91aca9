"""Every application load balancer in moto as ports on loopback; they stay the same over restarts.

DNSName is `localhost:PORT` of the listener with the lowest number: a stack's printed URL can be opened as it is.
"""

import json
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast

from moto.elbv2.models import ELBv2Backend, FakeAction, FakeLoadBalancer, FakeRule, FakeTargetGroup, elbv2_backends

from slipway_sandbox.corrections.elbv2 import local_ports
from slipway_sandbox.process.home import write_private
from slipway_sandbox.process.ports import LOOPBACK, free_ports
from slipway_sandbox.runtime.balancing.proxy import InFlight, ProxyServer
from slipway_sandbox.runtime.balancing.routes import Action, Condition, Listener, Rule, Target
from slipway_sandbox.runtime.balancing.targets import TargetHealth
from slipway_sandbox.runtime.balancing.traffic import Traffic

DEFAULT_STICKINESS_SECONDS = 86400

log = logging.getLogger(__name__)


class Balancers:
    """The ports, their proxies and the proxies' targets. `tick` never waits."""

    def __init__(self, book: Path, health: TargetHealth) -> None:
        self._book = book
        self._health = health
        self._ports: dict[str, int] = json.loads(book.read_text()) if book.exists() else {}
        self._known = set(self._ports)
        self._choosing = threading.Lock()
        self._servers: dict[str, ProxyServer] = {}
        self._urls: dict[str, str] = {}
        self._refused: set[str] = set()
        self.in_flight = InFlight()
        self.traffic = Traffic()
        local_ports.append(self.port_of)

    def stop(self) -> None:
        """Close all ports."""
        local_ports.remove(self.port_of)
        for server in self._servers.values():
            server.stop()
        self._servers.clear()

    def urls(self) -> dict[str, str]:
        """URL of each open listener, by `<load balancer name>:<listener port>`."""
        return dict(self._urls)

    def port_of(self, key: str) -> int:
        """Port kept for a load balancer's or listener's ARN; chosen once."""
        with self._choosing:
            if key in self._ports:
                return self._ports[key]
            taken = set(self._ports.values())
            found = free_ports(len(taken) + 1, [LOOPBACK])  # one of so many is not kept for another
            self._ports[key] = next(port for port in found if port not in taken)
            self._save()
            return self._ports[key]

    def tick(self) -> None:
        """Open new listeners, close deleted ones, and give each proxy the present rules and targets."""
        wanted: dict[str, tuple[int, Listener]] = {}
        urls: dict[str, str] = {}
        known: set[str] = set()
        for backend, balancer in _application_balancers():
            known.add(balancer.arn)
            balancer.activate()
            # In this order, whichever the engine came to make first.
            listeners = dict(sorted(balancer.listeners.items(), key=lambda entry: int(entry[1].port)))
            ports = {arn: self.port_of(balancer.arn if index == 0 else arn) for index, arn in enumerate(listeners)}
            local = {str(entry.port): f"http://localhost:{ports[arn]}" for arn, entry in listeners.items()}
            for arn, entry in listeners.items():
                known.add(arn)
                rules = [
                    Rule(cast(list[Condition], rule.conditions), _last(rule.actions))
                    for rule in _by_priority(entry.rules.values())
                ]
                wanted[arn] = ports[arn], Listener(rules, self._targets(backend), entry.protocol, local, balancer.arn)
                urls[f"{balancer.name}:{entry.port}"] = local[str(entry.port)]
        self._urls = urls
        self._serve(wanted)
        with self._choosing:
            # Only what was here at the last look: the API may have chosen a port since this one began.
            if gone := (self._known - known) & set(self._ports):
                for key in gone:
                    del self._ports[key]
                self._save()
        self._known = known

    def _serve(self, wanted: dict[str, tuple[int, Listener]]) -> None:
        for arn, server in list(self._servers.items()):
            if arn not in wanted or wanted[arn][0] != server.server_address[1]:
                self._servers.pop(arn).stop()
        for arn, (port, listener) in wanted.items():
            if arn in self._servers:
                self._servers[arn].listener = listener
                continue
            try:
                self._servers[arn] = ProxyServer(port, listener, self.in_flight, self.traffic)
            except OSError as error:
                if arn not in self._refused:
                    log.error("listener %s: port %d of 127.0.0.1 is taken (%s)", arn, port, error)  # noqa: TRY400
                self._refused.add(arn)

    def _targets(self, backend: ELBv2Backend) -> dict[str, list[Target]]:
        return {
            group.arn: [
                Target(
                    host=str(entry["Id"]),
                    port=int(entry["Port"]),
                    healthy=self._is_healthy(group.arn, entry),
                    sticky_seconds=_sticky_seconds(group),
                    group=group.arn,
                )
                for entry in list(group.targets.values())
            ]
            for group in list(backend.target_groups.values())
        }

    def _is_healthy(self, group_arn: str, entry: Mapping[str, object]) -> bool:
        return self._health.state(group_arn, str(entry["Id"]), int(str(entry["Port"]))) == "healthy"

    def _save(self) -> None:
        write_private(self._book, json.dumps(self._ports, indent=1).encode())


def _application_balancers() -> Iterator[tuple[ELBv2Backend, FakeLoadBalancer]]:
    for account in list(elbv2_backends.values()):
        for backend in list(account.values()):
            for balancer in list(backend.load_balancers.values()):
                if balancer.type == "application":
                    yield backend, balancer


def _sticky_seconds(group: FakeTargetGroup) -> int:
    """Seconds of a client's cookie; by the load balancer's own only, an application's cookie is not looked at."""
    attributes: dict[str, str] = group.attributes  # type: ignore[assignment] # text, as the API has them
    if attributes.get("stickiness.enabled") != "true" or attributes.get("stickiness.type") != "lb_cookie":
        return 0
    return int(attributes.get("stickiness.lb_cookie.duration_seconds", DEFAULT_STICKINESS_SECONDS))


def _by_priority(rules: Iterable[FakeRule]) -> list[FakeRule]:
    return sorted(rules, key=lambda rule: (rule.is_default, 0 if rule.is_default else int(rule.priority)))


def _last(actions: list[FakeAction]) -> Action:
    """Authentication actions come before the last one, and are passed over: the sandbox has no identity provider."""
    return cast(Action, dict(actions[-1].data))  # as botocore has checked it
