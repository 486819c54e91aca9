"""Names under which services of a namespace find one another, by ECS Service Connect.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
"""

import re
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_aws import ecs

from slipway.common import ArgumentError, aws_arn, given, one_of, whole_number

from ._container_definition import LogTarget, log_options

DNS_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
LONGEST_NAME = 127
PORT_NAME = "main"
HTTP, TCP = "http", "tcp"
APP_PROTOCOLS = (HTTP, "http2", "grpc", TCP)
ONLY_NAMED = ("port", "app_protocol", "request_timeout_seconds")
LONGEST_TIMEOUT_SECONDS = 2147483647


class ServiceConnectArgs(TypedDict):
    """How the service takes part in a namespace: it finds the others by name, and they it where dns_name is given."""

    namespace_arn: NotRequired[pulumi.Input[str]]
    """Cloud Map namespace. Default: the cluster's own."""
    dns_name: NotRequired[str]
    """Name by which the others reach container_port, such as orders or orders.internal. Default: the service only
    calls."""
    port: NotRequired[int]
    """Port that the others use with dns_name, 1-65535. Default: container_port."""
    app_protocol: NotRequired[str]
    """What is spoken there, which the proxy counts and repeats by: http, http2, grpc, or tcp, which it does not look
    into. Default: http."""
    request_timeout_seconds: NotRequired[int]
    """Seconds that an answer may take, 0 for any time; long polls and streams need more. Default: 15."""


def check_service_connect(who: str, args: ServiceConnectArgs | None, port: int | None) -> None:
    """Refuse a name that no client can ask for, and one without a port behind it."""
    if args is None:
        return
    aws_arn(who, "service_connect.namespace_arn", args.get("namespace_arn"), "servicediscovery", "a namespace")
    name, alias, timeout = args.get("dns_name"), args.get("port"), args.get("request_timeout_seconds")
    values: Mapping[str, Any] = args
    protocol = one_of(who, "service_connect.app_protocol", given(args.get("app_protocol"), HTTP), APP_PROTOCOLS)
    if name is None:
        for key in ONLY_NAMED:
            if values.get(key) is not None:
                raise ArgumentError(f"{who}: service_connect.{key} needs service_connect.dns_name, got none; set both")
        return
    if not DNS_NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        rule = f"must be labels of lower-case letters, digits and hyphens, at most {LONGEST_NAME} long"
        raise ArgumentError(f"{who}: service_connect.dns_name {rule}, got {name!r}; for example orders")
    if port is None:
        fix = "set the port the image listens on"
        raise ArgumentError(f"{who}: service_connect.dns_name needs container_port, got none; {fix}")
    if alias is not None:
        whole_number(who, "service_connect.port", alias, 1, 65535)
    if timeout is not None and protocol == TCP:
        fix = "there are no requests in tcp; set another app_protocol, or leave it out"
        raise ArgumentError(
            f"{who}: service_connect.request_timeout_seconds needs requests, got app_protocol tcp; {fix}"
        )
    if timeout is not None:
        whole_number(who, "service_connect.request_timeout_seconds", timeout, 0, LONGEST_TIMEOUT_SECONDS)


def app_protocol(args: ServiceConnectArgs | None) -> str | None:
    """What the proxy looks into; none where it only carries."""
    if args is None or args.get("dns_name") is None:
        return None
    spoken = given(args.get("app_protocol"), HTTP)
    return None if spoken == TCP else spoken


def service_connect(
    args: ServiceConnectArgs | None, port: int | None, log: LogTarget
) -> ecs.ServiceServiceConnectConfigurationArgsDict | None:
    """Arguments to what ECS is told with the service; the proxy's lines go to the service's log."""
    if args is None:
        return None
    told: dict[str, Any] = {
        "enabled": True,
        "namespace": args.get("namespace_arn"),
        "log_configuration": {"log_driver": "awslogs", "options": log_options(log)},
    }
    name, timeout = args.get("dns_name"), args.get("request_timeout_seconds")
    if name is not None and port is not None:
        offered: dict[str, Any] = {
            "port_name": PORT_NAME,
            "discovery_name": name.replace(".", "-"),
            "client_alias": [{"dns_name": name, "port": int(given(args.get("port"), port))}],
        }
        if timeout is not None:
            offered["timeout"] = {"per_request_timeout_seconds": int(timeout)}
        told["services"] = [offered]
    return told  # type: ignore[return-value]
