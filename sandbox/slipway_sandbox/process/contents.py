"""What is in the cloud, counted for `slipway sandbox status`."""

from collections.abc import Callable
from typing import Any

from slipway_sandbox.process.snapshot import stores_in_use

GONE = ("terminated", "INACTIVE", "STOPPED")

# Row of the table, moto's name of the service, what to count in one of its regions.
ROWS: tuple[tuple[str, str, Callable[[Any], int]], ...] = (
    ("VPCs", "ec2", lambda ec2: sum(not vpc.is_default for vpc in ec2.vpcs.values())),
    ("EC2 instances", "ec2", lambda ec2: sum(i.state not in GONE for i in ec2.all_instances())),
    ("key pairs", "ec2", lambda ec2: len(ec2.key_pairs)),
    ("load balancers", "elbv2", lambda elbv2: len(elbv2.load_balancers)),
    ("ECS clusters", "ecs", lambda ecs: sum(cluster.status not in GONE for cluster in ecs.clusters.values())),
    ("ECS services", "ecs", lambda ecs: sum(service.status not in GONE for service in ecs.services.values())),
    (
        "ECS tasks",
        "ecs",
        lambda ecs: sum(t.last_status not in GONE for tasks in ecs.tasks.values() for t in tasks.values()),
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
    """How many of each there are, in all accounts and regions; what there is none of is left out."""
    stores = {store.service_name: store for store in stores_in_use()}
    totals = {
        row: sum(counted(backend) for _, _, backend in stores[service].iter_backends())
        for row, service, counted in ROWS
        if service in stores
    }
    return {row: total for row, total in totals.items() if total}
