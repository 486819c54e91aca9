"""The reference platform: an API takes orders, a topic copies them to two queues, a worker empties each.

Settings in, components built, outputs out; the shape of every part is in components/.
"""

import pulumi

import settings
from slipway import (
    Bastion,
    Cluster,
    ClusterArgs,
    ContainerImage,
    FanOut,
    FanOutArgs,
    FargateService,
    LoadBalancerArgs,
    Network,
    QueueWorker,
    speed_up_program,
)
from slipway.words import EndpointUser

# What runs in private subnets, which without NAT reach AWS through endpoints only.
RUNS_IN_PRIVATE: list[EndpointUser] = ["FargateService", "QueueWorker", "FanOut"]

speed_up_program()
config = settings.load()
days = config.log_retention_days

# First of all: a base image or a folder that cannot be built is refused before anything exists.
image = ContainerImage(
    "app",
    {
        "context": config.app_directory,
        "build_args": {"BASE_IMAGE": config.base_image},
        "architecture": config.architecture,
        "force_delete": not config.deletion_protection,
    },
)
network = Network(
    "platform",
    {
        "cidr_block": config.cidr_block,
        "connected_cidr_blocks": config.connected_cidr_blocks,
        "zone_count": config.zone_count,
        "nat": config.nat,
        "endpoints_for": RUNS_IN_PRIVATE if config.nat == "none" else [],
        "flow_log_retention_days": days,
    },
)
commands: ClusterArgs = {"log_retention_days": days}
if config.exec_kms_key_arn:
    commands["exec_kms_key_arn"] = config.exec_kms_key_arn
cluster = Cluster("platform", commands)
fan_out: FanOutArgs = {"queues": {"billing": {}, "shipping": {"filter_policy": {"kind": ["physical"]}}}}
if config.alarm_topic_arn:
    fan_out["alarm_topic_arn"] = config.alarm_topic_arn
orders = FanOut(config.topic_name, fan_out)

front: LoadBalancerArgs = {
    "subnet_ids": network.public_subnet_ids,
    "allowed_cidr_blocks": config.api_allowed_cidr_blocks,
    "deletion_protection": config.deletion_protection,
}
if config.certificate_arn:
    front["certificate_arn"] = config.certificate_arn
if config.access_logs_bucket:
    front["access_logs_bucket"] = config.access_logs_bucket
api = FargateService(
    "api",
    {
        "cluster_arn": cluster.cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": image.image_uri,
        "architecture": config.architecture,
        "cpu": config.api_cpu,
        "memory_mib": config.api_memory_mib,
        "desired_count": config.api_desired_count,
        "container_port": 8080,
        "load_balancer": front,
        "links": {"TOPIC_ARN": {"publish_to": orders.topic_arn}},
        "log_retention_days": days,
    },
)
workers = [
    QueueWorker(
        key,
        {
            "cluster_arn": cluster.cluster_arn,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "image": image.image_uri,
            "architecture": config.architecture,
            "command": ["python", "-m", "app.worker"],
            "queues": {
                key: {
                    "queue_arn": orders.queue_arns[key],
                    "queue_url": orders.queue_urls[key],
                    "dead_letter_queue_url": orders.dead_letter_queue_urls[key],
                }
            },
            "max_tasks": config.worker_max_tasks,
            "log_retention_days": days,
        },
    )
    for key in ("billing", "shipping")
]
bastion = Bastion(
    "bastion",
    {
        "vpc_id": network.vpc_id,
        "vpc_cidr_block": network.cidr_block,
        "subnet_id": network.first_public_subnet_id,
        "allowed_cidr_blocks": config.bastion_allowed_cidr_blocks,
        "key_file": config.bastion_key_file,
    },
)

pulumi.export("apiUrl", api.url)
pulumi.export("imageUri", image.image_uri)
pulumi.export("clusterName", cluster.cluster_name)
pulumi.export("serviceNames", [api.service_name, *(worker.service_name for worker in workers)])
pulumi.export("topicArn", orders.topic_arn)
pulumi.export("queueUrls", orders.queue_urls)
pulumi.export("deadLetterQueueUrls", orders.dead_letter_queue_urls)
pulumi.export("bastionSshCommand", bastion.ssh_command)
pulumi.export("bastionKeyFile", bastion.key_file)
