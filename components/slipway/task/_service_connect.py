"""Service Connect: names under which the services of a namespace reach one another.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
"""

import re
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ecs

from slipway.common import Arguments
from slipway.words import AppProtocol

from ._container_definition import LogTarget

DNS_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
LONGEST_NAME = 127
PORT_NAME = "main"
HTTP, TCP = "http", "tcp"
APP_PROTOCOLS = (HTTP, "http2", "grpc", TCP)
ONLY_NAMED = ("port", "app_protocol", "request_timeout_seconds")
LONGEST_TIMEOUT_SECONDS = 2147483647


class ServiceConnectArgs(TypedDict):
    """Membership in a Service Connect namespace: the service can call the others by name, and with `dns_name` they can
    call it."""

    namespace_arn: NotRequired[pulumi.Input[str]]
    """Cloud Map namespace. Default: the default namespace of the cluster."""
    dns_name: NotRequired[str]
    """Name of `container_port` for the other services, such as orders or orders.internal. Default: none, and the
    service only calls."""
    port: NotRequired[int]
    """Port that callers use with `dns_name`, 1-65535. Default: `container_port`."""
    app_protocol: NotRequired[AppProtocol]
    """Protocol on this port, for the proxy's metrics and retries: http, http2, grpc, or tcp (no metrics of requests, no
    retries). Default: http."""
    request_timeout_seconds: NotRequired[int]
    """Seconds until a request without a complete answer ends, 0 for never; long polls and streams need more than the
    default. Default: 15."""


@dataclass(frozen=True)
class ServiceConnect:
    """A checked membership; a service without `dns_name` only calls."""

    namespace_arn: pulumi.Input[str] | None
    dns_name: str | None
    port: int | None
    """Port that callers use."""
    protocol: str
    timeout_seconds: int | None

    @property
    def app_protocol(self) -> str | None:
        """Protocol in the port mapping; None where the proxy reads none."""
        return None if self.dns_name is None or self.protocol == TCP else self.protocol

    def configuration(self, log: LogTarget) -> ecs.ServiceServiceConnectConfigurationArgsDict:
        """The configuration of an ECS service; the proxy writes to the service's log."""
        configuration: ecs.ServiceServiceConnectConfigurationArgsDict = {
            "enabled": True,
            "log_configuration": {"log_driver": "awslogs", "options": log.options()},
        }
        if self.namespace_arn is not None:
            configuration["namespace"] = self.namespace_arn
        if self.dns_name is not None and self.port is not None:
            endpoint: ecs.ServiceServiceConnectConfigurationServiceArgsDict = {
                "port_name": PORT_NAME,
                "discovery_name": self.dns_name.replace(".", "-"),
                "client_alias": [{"dns_name": self.dns_name, "port": self.port}],
            }
            if self.timeout_seconds is not None:
                endpoint["timeout"] = {"per_request_timeout_seconds": self.timeout_seconds}
            configuration["services"] = [endpoint]
        return configuration


def service_connect(arguments: Arguments | None, container_port: int | None) -> ServiceConnect | None:
    """Check a membership: the name must be one that clients can ask for, with a port. Raises ArgumentError."""
    if arguments is None:
        return None
    namespace = arguments.arn("namespace_arn", "servicediscovery", "a namespace")
    protocol = arguments.one_of("app_protocol", APP_PROTOCOLS, HTTP)
    name = arguments.optional_text("dns_name")
    if name is None:
        for key in ONLY_NAMED:
            if arguments.has(key):
                raise arguments.error(key, f"needs {arguments.label('dns_name')}, got none; set both")
        return ServiceConnect(namespace, None, None, protocol, None)
    if not DNS_NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        rule = f"must be labels of lower-case letters, digits and hyphens, at most {LONGEST_NAME} long"
        raise arguments.error("dns_name", f"{rule}, got {name!r}; for example orders")
    if container_port is None:
        raise arguments.error("dns_name", "needs container_port, got none; set the port the image listens on")
    port = arguments.whole_number("port", 1, 65535, container_port)
    if arguments.has("request_timeout_seconds") and protocol == TCP:
        fix = "there are no requests in tcp; set another app_protocol, or leave it out"
        raise arguments.error("request_timeout_seconds", f"needs requests, got app_protocol tcp; {fix}")
    timeout = arguments.optional_whole_number("request_timeout_seconds", 0, LONGEST_TIMEOUT_SECONDS)
    return ServiceConnect(namespace, name, port, protocol, timeout)
