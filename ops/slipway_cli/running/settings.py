"""Settings of a service or a job: which cluster, task definition, network and platform a task by hand takes.

The stack's state says which they are. What a service runs now, ECS says: after a rollback it is not what the program asks for.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from slipway_cli.documents import Json, as_list, as_object, as_text, texts
from slipway_cli.errors import CommandError
from slipway_cli.running.ecs_answers import ContainerDefinition, Ecs, NetworkConfiguration

SERVICE: Final = "slipway:index:FargateService"
JOB: Final = "slipway:index:Job"
ECS_SERVICE: Final = "aws:ecs/service:Service"
TASK_DEFINITION: Final = "aws:ecs/taskDefinition:TaskDefinition"
SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
LATEST: Final = "LATEST"
BEFORE: Final = "slipway-run-before"  # as the components write it
BY_HAND: Final = "slipway-run"
LONGEST_STARTED_BY: Final = 128


@dataclass(frozen=True)
class Settings:
    """What a task by hand takes over."""

    name: str
    cluster: str
    """ARN of the cluster."""
    task_definition_arn: str
    network: NetworkConfiguration
    platform_version: str
    has_exec: bool
    container: ContainerDefinition
    """The main container."""
    runs_on: bool
    """Whether the own command goes on for ever, as a service's does."""

    @property
    def family(self) -> str:
        """Family of the task definition."""
        return self.task_definition_arn.rpartition("/")[2].partition(":")[0]

    def mark(self, kind: str) -> str:
        """The word in `startedBy` of tasks of one kind of this service or job."""
        if len(written := f"{kind}/{self.family}") <= LONGEST_STARTED_BY:
            return written
        return f"{kind}/{hashlib.sha256(self.family.encode()).hexdigest()}"


def settings(resources: Sequence[Mapping[str, Json]], name: str, client: Callable[[str], Ecs]) -> Settings:
    """Settings of the service or job of this name. `client` makes ECS's client of a region.

    Raises CommandError for another name, and for a service that is gone.
    """
    component = find(resources, name)
    children = {as_text(it.get("type")): as_object(it.get("outputs")) for it in children_of(component, resources)}
    runs_on = as_text(component.get("type")) == SERVICE
    if any(kind not in children for kind in ((ECS_SERVICE,) if runs_on else (TASK_DEFINITION, SECURITY_GROUP))):
        raise CommandError(f"run: {name!r} is not deployed in full; run `pulumi up` first")
    if runs_on:
        return of_service(name, children[ECS_SERVICE], client)
    inputs, definition = as_object(component.get("inputs")), as_text(children[TASK_DEFINITION].get("arn"))
    groups = [as_text(children[SECURITY_GROUP].get("id")), *texts(either(inputs, "additional_security_group_ids"))]
    subnets = texts(either(inputs, "subnet_ids"))
    ecs = client(definition.split(":")[3])
    return Settings(
        name=name,
        cluster=as_text(either(inputs, "cluster_arn")),
        task_definition_arn=definition,
        network={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": groups, "assignPublicIp": "DISABLED"}},
        platform_version=LATEST,
        has_exec=either(inputs, "enable_execute_command") is True,
        container=main_container(ecs, definition),
        runs_on=False,
    )


def of_service(name: str, state: Mapping[str, Json], client: Callable[[str], Ecs]) -> Settings:
    """Settings of what a service runs now. Raises CommandError for one that is gone."""
    cluster, ecs = as_text(state.get("cluster")), client(as_text(state.get("taskDefinition")).split(":")[3])
    services = ecs.describe_services(cluster=cluster, services=[as_text(state.get("name"))])["services"]
    if not services or services[0]["status"] != "ACTIVE":
        raise CommandError(f"run: service {name!r} is gone; run `pulumi up --refresh` to create it again")
    [service] = services
    return Settings(
        name=name,
        cluster=cluster,
        task_definition_arn=service["taskDefinition"],
        network=service["networkConfiguration"],
        platform_version=service.get("platformVersion", LATEST),
        has_exec=service.get("enableExecuteCommand", False),
        container=main_container(ecs, service["taskDefinition"]),
        runs_on=True,
    )


def main_container(ecs: Ecs, definition: str) -> ContainerDefinition:
    """The first container of a task definition: the components write the main one there."""
    return ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]["containerDefinitions"][0]


def find(resources: Sequence[Mapping[str, Json]], name: str) -> Mapping[str, Json]:
    """The component of a service or a job in a stack's state. Raises CommandError."""
    present = [it for it in resources if as_text(it.get("type")) in (SERVICE, JOB) and not it.get("delete")]
    found = [it for it in present if logical_name(it) == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError(f"run: the stack has {len(found)} services and jobs of the name {name!r}; rename one")
    known = ", ".join(sorted(logical_name(it) for it in present)) or "none"
    raise CommandError(f"run: the stack has no service or job {name!r}; it has {known}")


def children_of(component: Mapping[str, Json], resources: Sequence[Mapping[str, Json]]) -> Iterator[Mapping[str, Json]]:
    """The children with the component's own name. An update that failed leaves the component's outputs empty."""
    for it in resources:
        is_child = it.get("parent") == component.get("urn") and not it.get("delete")
        if is_child and logical_name(it) == logical_name(component):
            yield it


def logical_name(resource: Mapping[str, Json]) -> str:
    """The name of a resource in its program."""
    return as_text(resource.get("urn")).rpartition("::")[2]


def either(inputs: Mapping[str, Json], key: str) -> Json:
    """An argument under its name in Python, or in other languages; a secret in state counts as left out."""
    first, *rest = key.split("_")
    value = inputs.get(key, inputs.get(first + "".join(word.capitalize() for word in rest)))
    return as_list(value) if isinstance(value, list) else value
