"""The contents of the cloud, counted for `slipway sandbox status`."""

from collections.abc import Callable
from typing import Protocol, cast

from slipway_sandbox.process.saving.base import stores_in_use

GONE = ("terminated", "INACTIVE", "STOPPED")


class Backend(Protocol):
    """The counted tables of moto's backends; each backend has those of its own service."""

    buckets: dict[str, object]
    clusters: dict[str, "WithStatus"]
    groups: dict[str, object]
    key_pairs: dict[str, object]
    keys: dict[str, object]
    load_balancers: dict[str, object]
    queues: dict[str, object]
    repositories: dict[str, object]
    roles: dict[str, object]
    secrets: dict[str, object]
    services: dict[str, "WithStatus"]
    tasks: dict[str, dict[str, "Task"]]
    topics: dict[str, object]
    vpcs: dict[str, "Vpc"]

    def all_instances(self) -> list["Instance"]: ...


class WithStatus(Protocol):
    """A cluster or service of ECS."""

    status: str


class Task(Protocol):
    """A task of ECS."""

    last_status: str


class Vpc(Protocol):
    """A VPC."""

    @property
    def is_default(self) -> bool: ...


class Instance(Protocol):
    """An EC2 instance."""

    @property
    def state(self) -> str: ...


# Row of the table, moto's name of the service, and the number in one of its regions.
ROWS: tuple[tuple[str, str, Callable[[Backend], int]], ...] = (
    ("VPCs", "ec2", lambda ec2: sum(not vpc.is_default for vpc in ec2.vpcs.values())),
    ("EC2 instances", "ec2", lambda ec2: sum(instance.state not in GONE for instance in ec2.all_instances())),
    ("key pairs", "ec2", lambda ec2: len(ec2.key_pairs)),
    ("load balancers", "elbv2", lambda elbv2: len(elbv2.load_balancers)),
    ("ECS clusters", "ecs", lambda ecs: sum(cluster.status not in GONE for cluster in ecs.clusters.values())),
    ("ECS services", "ecs", lambda ecs: sum(service.status not in GONE for service in ecs.services.values())),
    (
        "ECS tasks",
        "ecs",
        lambda ecs: sum(task.last_status not in GONE for tasks in ecs.tasks.values() for task in tasks.values()),
    ),
    ("ECR repositories", "ecr", lambda ecr: len(ecr.repositories)),
    ("EKS clusters", "eks", lambda eks: len(eks.clusters)),
    ("SNS topics", "sns", lambda sns: len(sns.topics)),
    ("SQS queues", "sqs", lambda sqs: len(sqs.queues)),
    ("S3 buckets", "s3", lambda s3: len(s3.buckets)),
    ("IAM roles", "iam", lambda iam: len(iam.roles)),
    ("KMS keys", "kms", lambda kms: len(kms.keys)),
    ("log groups", "logs", lambda logs: len(logs.groups)),
    ("secrets", "secretsmanager", lambda secretsmanager: len(secretsmanager.secrets)),
)


def count() -> dict[str, int]:
    """How many of each there are, in all accounts and regions; a row of none is left out."""
    stores = {store.service_name: store for store in stores_in_use()}
    totals = {
        row: sum(counted(cast(Backend, backend)) for _, _, backend in stores[service].iter_backends())
        for row, service, counted in ROWS
        if service in stores
    }
    return {row: total for row, total in totals.items() if total}
