"""Providers of dynamic resources as a stack's state stores them, today and before the modules moved."""

import json
from dataclasses import dataclass
from typing import Any

from pulumi import dynamic

from slipway.dynamic.image_check import ImageCheckProvider
from slipway.dynamic.image_scan import ImageScanProvider
from slipway.dynamic.private_key import PrivateKeyProvider
from slipway.dynamic.verdict import VerdictProvider


@dataclass(frozen=True)
class Stored:
    """A provider, and the texts under `__provider` in a state: written today, and before the modules moved."""

    provider: dynamic.ResourceProvider
    path: str
    today: str
    earlier: str


STORED = [
    Stored(
        VerdictProvider(),
        "slipway.dynamic.verdict.VerdictProvider",
        "gASVMgAAAAAAAACMF3NsaXB3YXkuZHluYW1pYy52ZXJkaWN0lIwPVmVyZGljdFByb3ZpZGVylJOUKYGULg==",
        "gASVKwAAAAAAAACMEHNsaXB3YXkuX3ZlcmRpY3SUjA9WZXJkaWN0UHJvdmlkZXKUk5QpgZQu",
    ),
    Stored(
        PrivateKeyProvider(),
        "slipway.dynamic.private_key.PrivateKeyProvider",
        "gASVOQAAAAAAAACMG3NsaXB3YXkuZHluYW1pYy5wcml2YXRlX2tleZSMElByaXZhdGVLZXlQcm92aWRlcpSTlCmBlC4=",
        "gASVMgAAAAAAAACMFHNsaXB3YXkuX3ByaXZhdGVfa2V5lIwSUHJpdmF0ZUtleVByb3ZpZGVylJOUKYGULg==",
    ),
    Stored(
        ImageCheckProvider(),
        "slipway.dynamic.image_check.ImageCheckProvider",
        "gASVOQAAAAAAAACMG3NsaXB3YXkuZHluYW1pYy5pbWFnZV9jaGVja5SMEkltYWdlQ2hlY2tQcm92aWRlcpSTlCmBlC4=",
        "gASVMgAAAAAAAACMFHNsaXB3YXkuX2ltYWdlX2NoZWNrlIwSSW1hZ2VDaGVja1Byb3ZpZGVylJOUKYGULg==",
    ),
    Stored(
        ImageScanProvider(),
        "slipway.dynamic.image_scan.ImageScanProvider",
        "gASVNwAAAAAAAACMGnNsaXB3YXkuZHluYW1pYy5pbWFnZV9zY2FulIwRSW1hZ2VTY2FuUHJvdmlkZXKUk5QpgZQu",
        "gASVMAAAAAAAAACME3NsaXB3YXkuX2ltYWdlX3NjYW6UjBFJbWFnZVNjYW5Qcm92aWRlcpSTlCmBlC4=",
    ),
]


def as_before_the_move(state: str) -> str:
    """A state with earlier paths in place of today's."""
    for stored in STORED:
        state = state.replace(stored.today, stored.earlier)
    return state


def with_earlier_verdict(state: str, service: str) -> str:
    """A state with the verdict of a service as the version before it made it, in place of the stash."""
    document = json.loads(state)
    resources: list[dict[str, Any]] = document["deployment"]["resources"]
    by_urn = {it["urn"]: it for it in resources}
    [ecs_service] = [it for urn, it in by_urn.items() if urn.endswith(f"$aws:ecs/service:Service::{service}")]
    stash = by_urn[ecs_service["urn"].replace("aws:ecs/service:Service::", "pulumi:index:Stash::") + "-verdict"]
    urn = ecs_service["urn"].replace("aws:ecs/service:Service::", "pulumi-python:dynamic/slipway:Verdict::")
    stack = "::".join(urn.split("::")[:2])
    provider = {
        "urn": f"{stack}::pulumi:providers:pulumi-python::earlier",
        "custom": True,
        "id": "8269d8c2-a3fa-4b7f-89a5-7bdc8975df23",
        "type": "pulumi:providers:pulumi-python",
        "inputs": {},
        "outputs": {},
    }
    inputs = {
        "__provider": next(it.today for it in STORED if it.path.endswith("VerdictProvider")),
        "cluster": ecs_service["outputs"]["cluster"],
        "container": service,
        "log_group": service,
        "service": ecs_service["id"],
        "service_urn": ecs_service["urn"],
        "target_group_arns": [],
        "task_definition_arn": ecs_service["outputs"]["taskDefinition"],
        "timeout_seconds": 900,
        "who": f"service {service!r}",
    }
    verdict = {
        "urn": urn,
        "custom": True,
        "id": ecs_service["id"],
        "type": "pulumi-python:dynamic/slipway:Verdict",
        "inputs": inputs,
        "outputs": inputs,
        "parent": ecs_service["parent"],
        "dependencies": [ecs_service["urn"]],
        "provider": f"{provider['urn']}::{provider['id']}",
    }
    resources[resources.index(stash)] = verdict
    resources.insert(1, provider)
    return json.dumps(document)
