"""The output of a platform's stack, as the engine answers it to `Platform.read`."""

from typing import Any

from tests.support.components.service_samples import CLUSTER, KEY, LISTENER, QUEUE, QUEUE_URL, TOPIC

DOCUMENT: dict[str, Any] = {
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
OUTPUTS: dict[str, Any] = {"platform": DOCUMENT, "platform-database-password": "hunter2", "url": "x"}
