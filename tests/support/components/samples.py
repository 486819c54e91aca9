"""Arguments of every component that work: the fewest, and with every switch on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi

import slipway
from tests.support.components.eks.samples import (
    EKS_CLUSTER,
    EXISTING_EKS_CLUSTER,
    OTHER_EKS_CLUSTER,
    RICH_EKS_CLUSTER,
)
from tests.support.components.service_samples import (
    BALANCER,
    BEHIND_BALANCER,
    BEHIND_LISTENER,
    CERTIFICATE,
    JOB,
    KEY,
    NAMESPACE,
    QUEUE,
    QUEUE_URL,
    RICH_BALANCER,
    RICH_JOB,
    RICH_SERVICE,
    RICH_TASK,
    RULE,
    SHARED_BALANCER,
    TASK,
    TOPIC,
    WORKER,
)

CONTEXT = Path(__file__).parent / "image"
SECRET_CONTEXT = CONTEXT.parent / "image_secrets"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO5MpsyC6uSWU4RzBMcGY9f8mtNXNUYisw2OSyvYl2Cd me"

BASTION: dict[str, Any] = {
    "vpc_id": "vpc-00000001",
    "vpc_cidr_block": "10.20.0.0/16",
    "subnet_id": "subnet-00000003",
    "allowed_cidr_blocks": ["203.0.113.7/32"],
    "public_key": PUBLIC_KEY,
}
HOST: dict[str, Any] = {"vpc_id": "vpc-00000001", "subnet_id": "subnet-00000001"}
COMPONENTS: dict[str, Callable[..., Any]] = {
    name: kind
    for name in slipway.__all__
    if isinstance(kind := getattr(slipway, name), type) and issubclass(kind, pulumi.ComponentResource)
}

FEWEST: dict[str, dict[str, Any]] = {
    "Bastion": BASTION,
    "Cluster": {},
    "ContainerImage": {"context": str(CONTEXT)},
    "EksCluster": EKS_CLUSTER,
    "FanOut": {"queues": {"billing": {}}},
    "FargateService": TASK,
    "Host": HOST,
    "Job": JOB,
    # Production refuses plain HTTP.
    "LoadBalancer": SHARED_BALANCER | {"certificate_arn": CERTIFICATE},
    "Network": {},
    "Queue": {},
    "QueueWorker": WORKER,
    "Topic": {},
}

RICHEST: dict[str, dict[str, Any]] = {
    "Bastion": BASTION
    | {
        "access": ["session_manager", "key_pair", "instance_connect", "instance_connect_endpoint"],
        "elastic_ip": True,
        "elastic_ip_allocation_id": "eipalloc-0000000a",
        "user_data": "#!/bin/sh\ndnf install -y postgresql16\n",
        "user_data_replaces": True,
        "session_logs": True,
        "session_log_retention_days": 90,
        "session_log_kms_key_arn": KEY,
        "stop_schedule": "cron(0 19 ? * MON-FRI *)",
        "start_schedule": "cron(0 7 ? * MON-FRI *)",
        "time_zone": "Europe/Berlin",
        "allowed_prefix_list_ids": ["pl-0123456789abcdef0"],
        "instance_type": "t3.micro",
        "refresh_ami": True,
        "targets": {
            "database": {"host": "db.internal", "port": 5432, "local_port": 15432, "security_group_id": "sg-00000005"},
            "worker": {"host": "10.20.1.9", "port": 22},
        },
        "tags": {"team": "shop"},
    },
    "Cluster": {
        "container_insights": "enhanced",
        "spot_percent": 60,
        "exec_kms_key_arn": KEY,
        "service_connect_namespace": "shop.internal",
        "log_retention_days": 90,
        "tags": {"team": "shop"},
    },
    "ContainerImage": {
        "context": str(CONTEXT),
        "dockerfile": str(CONTEXT / "Dockerfile"),
        "target": "run",
        "build_args": {"BASE_IMAGE": "scratch"},
        "architecture": "arm64",
        "cache_from": ["ghcr.io/shop/app:main"],
        "kms_key_arn": KEY,
        "pull_account_ids": ["210987654321"],
        "keep_releases": 5,
        "force_delete": True,
        "fail_on_severity": "HIGH",
        "accepted_findings": ["CVE-2023-4911"],
        "scan_role_arn": "arn:aws:iam::123456789012:role/scan-reader",
        "tags": {"team": "shop"},
    },
    "EksCluster": RICH_EKS_CLUSTER,
    "FanOut": {
        "fifo": True,
        "content_based_deduplication": True,
        "high_throughput": True,
        "additional_topic_arns": {"returns": f"{TOPIC}-returns.fifo"},
        "kms_key_arn": KEY,
        "queue_kms_key_arn": KEY,
        "archive_days": 30,
        "log_failed_deliveries": True,
        "alarm_topic_arn": f"{TOPIC}-alarms",
        "publishers": [{"service": "events.amazonaws.com"}],
        "tags": {"team": "shop"},
        "queues": {
            "billing": {
                "senders": [{"service": "events.amazonaws.com", "source_arn": RULE}],
                "visibility_timeout_seconds": 120,
                "max_receives": 3,
                "retention_seconds": 86400,
                "age_alarm_seconds": 600,
                "replay_from": "2026-11-25T08:00:00Z",
            },
            "shipping": {
                "filter_policy": {"kind": [{"prefix": "phys"}]},
                "filter_policy_scope": "MessageBody",
                "raw_message_delivery": True,
            },
            "audit": {"queue_arn": f"{QUEUE}.fifo", "dead_letter_queue_arn": f"{QUEUE}-dead.fifo"},
        },
    },
    "FargateService": RICH_SERVICE,
    "Host": HOST
    | {
        "bastion_security_group_id": "sg-00000001",
        "bastion_name": "door",
        "key_name": "door",
        "key_file": "keys/door.pem",
        "inbound": {
            "web": {"port": 443, "cidr_block": "203.0.113.0/24"},
            "metrics": {"port": 9100, "security_group_id": "sg-00000002"},
        },
        "elastic_ip": True,
        "instance_type": "t3.micro",
        "root_volume_gib": 20,
        "user_data": "#!/bin/sh\ndnf install -y nginx\n",
        "user_data_replaces": True,
        "refresh_ami": True,
        "tags": {"team": "shop"},
    },
    "Job": RICH_JOB,
    "LoadBalancer": SHARED_BALANCER | RICH_BALANCER,
    "Network": {
        "cidr_block": "10.8.0.0/20",
        "connected_cidr_blocks": ["192.168.0.0/16"],
        "availability_zones": ["eu-west-1a", "eu-west-1c"],
        "tiers": ["public", "private", "isolated"],
        "subnet_cidr_blocks": {
            "isolated": ["10.8.14.0/24", "10.8.15.0/24"],
            "public": ["10.8.12.0/24", "10.8.13.0/24"],
        },
        "ipv6": True,
        "nat": "per_zone",
        "nat_elastic_ip_allocation_ids": ["eipalloc-0000000a", "eipalloc-0000000c"],
        "network_acls": {"admin_cidr_blocks": ["203.0.113.7/32"], "denied_cidr_blocks": ["198.51.100.0/24"]},
        "interface_endpoints": ["ecr.api", "logs"],
        "endpoints_for": ["QueueWorker"],
        "dynamodb_endpoint": True,
        "eks_subnet_tags": True,
        "flow_log_retention_days": 7,
        "tags": {"team": "shop"},
    },
    "Queue": {
        "fifo": True,
        "visibility_timeout_seconds": 60,
        "max_receives": 3,
        "retention_seconds": 3600,
        "delay_seconds": 5,
        "content_based_deduplication": True,
        "high_throughput": True,
        "create_kms_key": True,
        "topic_arns": [f"{TOPIC}.fifo", f"{TOPIC}-2.fifo"],
        "senders": [
            {"service": "events.amazonaws.com", "source_arn": RULE},
            {"service": "ses.amazonaws.com", "source_account_id": "111122223333"},
        ],
        "alarm_topic_arn": f"{TOPIC}-alarms",
        "age_alarm_seconds": 900,
        "tags": {"team": "shop"},
    },
    "QueueWorker": RICH_TASK
    | WORKER
    | {
        "queues": {
            "orders": {
                "queue_arn": QUEUE,
                "queue_url": QUEUE_URL,
                "dead_letter_queue_url": f"{QUEUE_URL}-dead",
                "kms_key_arn": KEY,
                "visibility_timeout_seconds": 90,
                "max_receives": 5,
            },
            "returns": {"queue_arn": f"{QUEUE}-returns", "queue_url": f"{QUEUE_URL}-returns"},
        },
        "topics": {"done": {"topic_arn": TOPIC, "kms_key_arn": KEY}},
        "min_tasks": 0,
        "max_tasks": 8,
        "acceptable_latency_seconds": 60,
        "seconds_per_message": 0.5,
        "longest_message_seconds": 40,
        "spot_percent": 50,
        "cpu_percent": 70,
    },
    "Topic": {
        "fifo": True,
        "content_based_deduplication": True,
        "high_throughput": True,
        "kms_key_arn": KEY,
        "publisher_account_ids": ["123456789012"],
        "publishers": [{"service": "events.amazonaws.com"}],
        "subscriber_account_ids": ["123456789012"],
        "archive_days": 7,
        "log_failed_deliveries": True,
        "tags": {"team": "shop"},
    },
}

# What the richest excludes.
OTHERWISE: dict[str, dict[str, Any]] = {
    "Bastion": {
        "vpc_id": "vpc-00000001",
        "vpc_cidr_block": "10.20.0.0/16",
        "subnet_id": "subnet-00000003",
        "stop_schedule": "cron(0 19 ? * MON-FRI *)",
    },
    "Cluster": {"spot_percent": 100, "service_connect_namespace_arn": NAMESPACE},
    "EksCluster": OTHER_EKS_CLUSTER,
    "FanOut": {"create_kms_key": True, "queues": {"billing": {}}},
    "FargateService": BEHIND_BALANCER
    | {
        "load_balancer": BALANCER | {"domain_names": ["shop.example.com"], "hosted_zone_id": "Z123"},
        "deployment": {"strategy": "canary", "test_port": 8443},
        "spot_percent": 100,
        "keep_scaled_count": True,
        "protocol_version": "GRPC",
    },
    "Job": JOB | {"schedule": "rate(6 hours)", "start_date": "2096-12-01T00:00:00Z", "dead_letter_queue_arn": QUEUE},
    "LoadBalancer": SHARED_BALANCER,
    "Network": {"nat": "instance", "tiers": ["public", "private", "isolated"], "zone_count": 3},
    "QueueWorker": WORKER | {"min_tasks": 0},
    "Topic": {
        "create_kms_key": True,
        "publishers": [{"service": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::uploads"}],
    },
}

# Of components that can take what is there already, in place of making it.
TAKING: dict[str, dict[str, Any]] = {
    "Cluster": {"cluster_name": "main"},
    "ContainerImage": {
        "context": str(CONTEXT),
        "repository_url": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/app",
    },
    "EksCluster": EXISTING_EKS_CLUSTER,
    "FanOut": {"topic_arn": TOPIC, "queues": {"audit": {"queue_arn": QUEUE}}},
    "FargateService": BEHIND_LISTENER
    | {
        "execution_role_arn": "arn:aws:iam::123456789012:role/start",
        "task_role_arn": "arn:aws:iam::123456789012:role/work",
        "log_group_arn": "arn:aws:logs:eu-west-1:123456789012:log-group:shop",
    },
    "Network": {
        "vpc_id": "vpc-0123456789abcdef0",
        "public_subnet_ids": ["subnet-1000000a", "subnet-0000000c"],
        "private_subnet_ids": ["subnet-0000000a", "subnet-0000000b"],
    },
}
