"""One team's stack: an API takes orders to the platform's topic, and a worker empties a queue of its own."""

import pulumi

from slipway import ContainerImage, FanOut, FargateService, Platform, QueueWorker

config = pulumi.Config()
platform = Platform.read(config.require("platformStack"))
cluster, network, edge, orders = platform.cluster, platform.network, platform.load_balancer, platform.topic("orders")

image = ContainerImage(
    "app",
    {
        "context": config.require("appDirectory"),
        "build_args": {"BASE_IMAGE": config.require("baseImage")},
        "force_delete": True,
    },
)
inbox = FanOut("shop", {"topic_arn": orders.topic_arn, "queues": {"billing": {}}})
api = FargateService(
    "shop",
    {
        "cluster_arn": cluster.cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": image.image_uri,
        "container_port": 8080,
        "listener": {
            "listener_arn": edge.listener_arn,
            "security_group_id": edge.security_group_id,
            "rules": {"orders": {"path_patterns": ["/orders"]}},
        },
        # The variable, and the right to publish to exactly this topic.
        "links": {"TOPIC_ARN": {"publish_to": orders.topic_arn, "kms_key_arn": orders.kms_key_arn}},
    },
)
worker = QueueWorker(
    "billing",
    {
        "cluster_arn": cluster.cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": image.image_uri,
        "command": ["python", "-m", "app.worker"],
        "queues": {
            "billing": {
                "queue_arn": inbox.queue_arns["billing"],
                "queue_url": inbox.queue_urls["billing"],
                "dead_letter_queue_url": inbox.dead_letter_queue_urls["billing"],
            }
        },
    },
)

pulumi.export("url", edge.url)
# What the command `slipway` reads.
pulumi.export("clusterName", cluster.cluster_name)
pulumi.export("serviceNames", [api.service_name, worker.service_name])
pulumi.export("topicArn", orders.topic_arn)
pulumi.export("queueUrls", inbox.queue_urls)
pulumi.export("deadLetterQueueUrls", inbox.dead_letter_queue_urls)
