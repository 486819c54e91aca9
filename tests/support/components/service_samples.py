"""ARNs, arguments of services, workers and load balancers that work, and the outputs of a platform for them."""

from typing import Any

CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/abc"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/api@sha256:" + "a" * 64
KEY = "arn:aws:kms:eu-west-1:123456789012:key/abc"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:work"
QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/work"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
NAMESPACE = "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-0a1b"
RULE = "arn:aws:events:eu-west-1:123456789012:rule/nightly"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/flag"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"

TASK: dict[str, Any] = {
    "cluster_arn": CLUSTER,
    "vpc_id": "vpc-00000001",
    "subnet_ids": ["subnet-00000001", "subnet-00000002"],
    "image": IMAGE,
}
BALANCER: dict[str, Any] = {
    "subnet_ids": ["subnet-00000003", "subnet-00000004"],
    "allowed_cidr_blocks": ["203.0.113.0/24"],
}
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/edge/0a1b/2c3d"
BEHIND_LISTENER: dict[str, Any] = TASK | {
    "container_port": 8080,
    "listener": {
        "listener_arn": LISTENER,
        "security_group_id": "sg-0000001b",
        "rules": {"orders": {"path_patterns": ["/orders/*"]}},
    },
}
SHARED_BALANCER: dict[str, Any] = BALANCER | {"vpc_id": "vpc-00000001"}
BEHIND_BALANCER: dict[str, Any] = TASK | {"container_port": 8080, "load_balancer": BALANCER}
WORKER: dict[str, Any] = TASK | {"queues": {"orders": {"queue_arn": QUEUE, "queue_url": QUEUE_URL}}}
RICH_TASK: dict[str, Any] = {
    "container_name": "web",
    "cpu": 512,
    "memory_mib": 1024,
    "architecture": "arm64",
    "command": ["python", "-m", "app"],
    "user": "1000:1000",
    "environment": {"B": "2", "A": "1"},
    "secrets": {"PASSWORD": SECRET, "FLAG": PARAMETER},
    "links": {
        "RETURNS_TOPIC": {"publish_to": f"{TOPIC}-returns", "kms_key_arn": KEY},
        "JOBS_QUEUE": {"send_to": f"{QUEUE}-jobs", "queue_url": f"{QUEUE_URL}-jobs", "kms_key_arn": KEY},
        "DONE_QUEUE": {"consume_from": f"{QUEUE}-done", "queue_url": f"{QUEUE_URL}-done"},
        "TOKEN": {"read_secret": SECRET, "kms_key_arn": KEY},
        "FLAG_ARN": {"read_secret": PARAMETER, "by_arn": True, "kms_key_arn": KEY},
        "STOCK_URL": {"call": "http://stock.shop.internal", "security_group_id": "sg-0000570c", "port": 8080},
    },
    "permissions": [{"actions": ["sns:Publish"], "resources": [TOPIC]}],
    "stop_timeout_seconds": 60,
    "container_health_check": {"command": ["CMD", "/check"], "retries": 2, "start_period_seconds": 20},
    "writable_paths": {"/tmp": 64},
    "environment_files": ["arn:aws:s3:::config/shop.env"],
    "sidecars": {
        "migrate": {
            "image": IMAGE,
            "command": ["migrate"],
            "user": "2000",
            "environment": {"C": "3"},
            "environment_files": ["arn:aws:s3:::config/migrate.env"],
            "secrets": {"PASSWORD": SECRET},
            "essential": False,
            "memory_mib": 128,
            "start_timeout_seconds": 60,
            "stop_timeout_seconds": 10,
            "mount_points": [{"volume": "shared", "path": "/out"}],
            "writable_paths": {"/tmp": 16},
        },
        "proxy": {
            "image": IMAGE,
            "container_port": 9901,
            "container_health_check": {"command": ["CMD", "/check"]},
            "depends_on": {"migrate": "COMPLETE"},
        },
    },
    "depends_on": {"migrate": "SUCCESS", "proxy": "HEALTHY"},
    "start_timeout_seconds": 90,
    "volumes": {
        "shared": {},
        "data": {
            "file_system_arn": "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b",
            "access_point_arn": "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-2c3d",
            "security_group_id": "sg-00000ef5",
        },
    },
    "mount_points": [
        {"volume": "shared", "path": "/in", "read_only": True},
        {"volume": "data", "path": "/data"},
    ],
    "ephemeral_storage_gib": 50,
    "allow_to": {"database": {"security_group_id": "sg-000000db", "port": 5432}},
    "enable_execute_command": True,
    "exec_log_group_arn": "arn:aws:logs:eu-west-1:123456789012:log-group:exec",
    "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/bound",
    "log_kms_key_arn": KEY,
    "secrets_kms_key_arns": [KEY],
    "deployment": {"alarm_names": ["shop-5xx"]},
    "run_before": {
        "command": ["migrate"],
        "timeout_seconds": 600,
        "role_arn": "arn:aws:iam::123456789012:role/migration-starter",
    },
    "deployment_timeout_seconds": 600,
    "without_verdict": True,
    "log_retention_days": 7,
    "tags": {"team": "shop"},
}

RICH_BALANCER: dict[str, Any] = {
    "allowed_prefix_list_ids": ["pl-0123456789abcdef0"],
    "allowed_security_group_ids": {"office": "sg-00000007"},
    "certificate_arn": CERTIFICATE,
    "domain_names": ["shop.example.com", "*.shop.example.com"],
    "hosted_zone_id": "Z123",
    "additional_certificate_arns": {"old": f"{CERTIFICATE}-old"},
    "tls_policy": "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "trust_store_arn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/shop/0a1b",
    "web_acl_arn": "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/0a1b",
    "internal": True,
    "deletion_protection": True,
    "idle_timeout_seconds": 120,
    "access_logs_bucket": "logs",
    "connection_logs_bucket": "logs",
    "tags": {"team": "edge"},
}
RICH_SERVICE: dict[str, Any] = (
    RICH_TASK
    | BEHIND_BALANCER
    | {
        "load_balancer": BALANCER | RICH_BALANCER,
        "scaling": {
            "min_tasks": 2,
            "max_tasks": 9,
            "cpu_percent": 60,
            "memory_percent": 70,
            "requests_per_target": 1000,
            "schedules": {"nights": {"schedule": "cron(0 20 * * ? *)", "time_zone": "Europe/Berlin", "min_tasks": 1}},
        },
        "spot_percent": 50,
        "minimum_healthy_percent": 50,
        "maximum_percent": 150,
        "additional_security_group_ids": ["sg-00000009"],
        "service_connect": {
            "namespace_arn": NAMESPACE,
            "dns_name": "api.internal",
            "port": 80,
            "app_protocol": "http2",
            "request_timeout_seconds": 60,
        },
        "allow_from": {"shop": "sg-0000540b"},
        "desired_count": 3,
        "health_check_path": "/ready",
        "health_check_port": 9000,
        "health_check_grace_period_seconds": 30,
        "deregistration_delay_seconds": 5,
        "longest_request_seconds": 5,
        "stickiness_seconds": 3600,
        "slow_start_seconds": 60,
        "protocol_version": "HTTP2",
        "health_check_codes": "200-299",
    }
)

# The object of export_platform, and all outputs of its stack as the engine answers them.
SHARED_PLATFORM: dict[str, Any] = {
    "version": 1.0,
    "network": {
        "vpcId": "vpc-00000001",
        "cidrBlock": "10.20.0.0/16",
        "publicSubnetIds": ["subnet-00000003", "subnet-00000004"],
        "privateSubnetIds": ["subnet-00000001", "subnet-00000002"],
        "isolatedSubnetIds": [],
        "ofALaterVersion": {"a": 1},
    },
    "cluster": {"clusterArn": CLUSTER, "clusterName": "main"},
    "loadBalancer": {
        "loadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/edge/0a1b",
        "listenerArn": LISTENER,
        "securityGroupId": "sg-0000001b",
        "url": "https://shop.example.com",
        "dnsName": "edge.elb.example",
        "zoneId": "Z123",
    },
    "topics": {"orders": {"topicArn": TOPIC, "kmsKeyArn": KEY}, "returns": {"topicArn": f"{TOPIC}-returns"}},
    "queues": {"work": {"queueArn": QUEUE, "queueUrl": QUEUE_URL}},
    "values": {"domain": "shop.example.com"},
    "secrets": ["database-password"],
}
SHARED_OUTPUTS: dict[str, Any] = {"platform": SHARED_PLATFORM, "platform-database-password": "hunter2", "url": "x"}

JOB: dict[str, Any] = TASK | {"schedule": "cron(30 6 ? * MON-FRI *)"}
OF_SERVICES = ("container_health_check", "deployment", "deployment_timeout_seconds", "run_before", "without_verdict")
RICH_JOB: dict[str, Any] = (
    TASK
    | {key: value for key, value in RICH_TASK.items() if key not in OF_SERVICES}
    | {
        "additional_security_group_ids": ["sg-0000000a"],
        "schedule": "cron(0 3 * * ? *)",
        "time_zone": "Europe/Berlin",
        "start_date": "2096-12-01T00:00:00Z",
        "end_date": "2097-12-01T00:00:00Z",
        "flexible_window_minutes": 15,
        "paused": True,
        "maximum_retry_attempts": 3,
        "maximum_event_age_seconds": 600,
        "alarm_topic_arn": f"{TOPIC}-alarms",
        "overdue_hours": 26,
        "timeout_seconds": 600,
        "retry_on_error": {"max_attempts": 2, "interval_seconds": 30, "exit_codes": [3, 75]},
        "skip_overlap": True,
    }
)
