"""A shop and its stock behind one load balancer: the stock under /stock, everything else is the shop's."""

import pulumi

from slipway import Cluster, FargateService, ListenerRuleArgs, LoadBalancer, Network, guard

guard()

PORT = 8080
# Answers every request with the name of the service, and the health check like any other.
SERVE = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.environ['SERVICE']} {self.path}\\n".encode())
http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""
RULES: dict[str, dict[str, ListenerRuleArgs]] = {
    "shop": {"all": {"path_patterns": ["/*"]}},
    "stock": {
        "stock": {"path_patterns": ["/stock", "/stock/*"]},
        # Whoever asks for the beta gets it, on any path.
        "beta": {"path_patterns": ["/*"], "http_headers": {"X-Beta": ["stock"]}},
    },
}

network = Network("main", {"nat": "none", "endpoints_for": ["FargateService"]})
cluster = Cluster("main", {})
edge = LoadBalancer(
    "edge",
    {
        "vpc_id": network.vpc_id,
        "subnet_ids": network.public_subnet_ids,
        "allowed_cidr_blocks": ["203.0.113.0/24"],
    },
)
for name, rules in RULES.items():
    FargateService(
        name,
        {
            "cluster_arn": cluster.cluster_arn,
            "vpc_id": network.vpc_id,
            "subnet_ids": network.private_subnet_ids,
            "image": pulumi.Config().require("image"),
            "command": ["python3", "-c", SERVE],
            "environment": {"SERVICE": name},
            "desired_count": 1,
            "container_port": PORT,
            "listener": {
                "listener_arn": edge.listener_arn,
                "security_group_id": edge.security_group_id,
                "rules": rules,
            },
        },
    )

pulumi.export("url", edge.url)
# What a service of another stack needs to join in.
pulumi.export("listenerArn", edge.listener_arn)
pulumi.export("loadBalancerSecurityGroupId", edge.security_group_id)
