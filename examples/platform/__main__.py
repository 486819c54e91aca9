"""What several teams share: a network, a cluster, a load balancer, and a topic that takes orders."""

import pulumi

from slipway import Cluster, LoadBalancer, Network, Topic, export_platform

network = Network("platform", {"nat": "none", "endpoints_for": ["FargateService", "QueueWorker", "FanOut"]})
cluster = Cluster("platform", {})
edge = LoadBalancer(
    "edge",
    {
        "vpc_id": network.vpc_id,
        "subnet_ids": network.public_subnet_ids,
        "allowed_cidr_blocks": ["203.0.113.0/24"],
    },
)
orders = Topic("orders", {})

export_platform({"network": network, "cluster": cluster, "load_balancer": edge, "topics": {"orders": orders}})
pulumi.export("url", edge.url)
