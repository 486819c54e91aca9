"""Changes with a new resource as result: by a member of a block, or depending on other inputs.

The declarations have the properties to always replace for; test_lifecycle.py replaces each type once.
"""

import pytest

from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws.check import Request, check
from slipway_sandbox.provider.aws.diff import Versions, diff
from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Value

INSTANCE = "aws:ec2/instance:Instance"
SERVICE = "aws:ecs/service:Service"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
DISCOVERED = "aws:servicediscovery/service:Service"
CLUSTER = "aws:eks/cluster:Cluster"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
VPC = "aws:ec2/vpc:Vpc"
REQUIRED: dict[str, dict[str, Value]] = {
    CLUSTER: {"roleArn": "arn:aws:iam::123456789012:role/eks", "vpcConfig": {"subnetIds": ["a", "b"]}},
    "aws:eks/nodeGroup:NodeGroup": {
        "clusterName": "c",
        "nodeRoleArn": "r",
        "subnetIds": ["a"],
        "scalingConfig": {"desiredSize": 1, "maxSize": 1, "minSize": 1},
    },
    ENDPOINT: {"vpcId": "vpc-1", "serviceName": "com.amazonaws.eu-west-1.s3"},
    VPC: {"cidrBlock": "10.0.0.0/16"},
    "aws:ssm/parameter:Parameter": {"type": "String", "value": "a"},
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {"alarmName": "a", "alarmRule": "TRUE"},
}
FARGATE, SPOT = ([{"capacityProvider": name, "weight": 1}] for name in ("FARGATE", "FARGATE_SPOT"))
ROW_A, ROW_AAAA = ({"type": kind, "ttl": 10} for kind in ("A", "AAAA"))
NETWORK = {"loadBalancerType": "network"}
TEMPLATE = {"id": "lt-1", "version": "1"}

# Type, inputs before and after, and the replacing properties.
CHANGES: list[tuple[str, dict[str, Value], dict[str, Value], list[str]]] = [
    (INSTANCE, {"rootBlockDevice": {"volumeSize": 8}}, {"rootBlockDevice": {"volumeSize": 16}}, []),
    (INSTANCE, {"rootBlockDevice": {"encrypted": False}}, {"rootBlockDevice": {"encrypted": True}}, ["rootBlockDevice"]),
    (INSTANCE, {"rootBlockDevice": {"encrypted": True}}, {"rootBlockDevice": {"volumeSize": 8}}, []),
    (INSTANCE, {"userData": "a"}, {"userData": "b"}, []),
    (INSTANCE, {"userData": "a"}, {"userData": "b", "userDataReplaceOnChange": True}, ["userData"]),
    (INSTANCE, {"maintenanceOptions": {"autoRecovery": "default"}}, {"maintenanceOptions": {"autoRecovery": "disabled"}}, []),
    (SERVICE, {"capacityProviderStrategies": FARGATE}, {"capacityProviderStrategies": SPOT}, ["capacityProviderStrategies"]),
    (SERVICE, {"capacityProviderStrategies": FARGATE}, {"capacityProviderStrategies": SPOT, "forceNewDeployment": True}, []),
    (BALANCER, {"subnets": ["a", "b"]}, {"subnets": ["a", "c"]}, []),
    (BALANCER, {**NETWORK, "subnets": ["a", "b"]}, {**NETWORK, "subnets": ["a", "c"]}, ["subnets"]),
    (BALANCER, {**NETWORK, "subnets": ["a", "b"]}, {**NETWORK, "subnets": ["a", "b", "c"]}, []),
    (BALANCER, {**NETWORK, "securityGroups": ["g"]}, {**NETWORK, "securityGroups": []}, ["securityGroups"]),
    (BALANCER, {**NETWORK, "securityGroups": ["g"]}, {**NETWORK, "securityGroups": ["h"]}, []),
    (DISCOVERED, {"dnsConfig": {"namespaceId": "ns-1", "dnsRecords": [ROW_A]}},
     {"dnsConfig": {"namespaceId": "ns-1", "dnsRecords": [ROW_AAAA]}}, ["dnsConfig"]),
    (DISCOVERED, {"dnsConfig": {"namespaceId": "ns-1", "dnsRecords": [ROW_A]}},
     {"dnsConfig": {"namespaceId": "ns-1", "dnsRecords": [{**ROW_A, "ttl": 60}]}}, []),
    (DISCOVERED, {}, {"healthCheckConfig": {"type": "HTTP"}}, ["healthCheckConfig"]),
    (CLUSTER, {"kubernetesNetworkConfig": {"ipFamily": "ipv4"}}, {"kubernetesNetworkConfig": {"ipFamily": "ipv6"}},
     ["kubernetesNetworkConfig"]),
    (CLUSTER, {"kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": False}}},
     {"kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}}}, []),
    (CLUSTER, {"accessConfig": {"authenticationMode": "API"}},
     {"accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}}, ["accessConfig"]),
    (CLUSTER, {}, {"encryptionConfig": {"provider": {"keyArn": "k"}, "resources": ["secrets"]}}, []),
    (CLUSTER, {"encryptionConfig": {"provider": {"keyArn": "k"}, "resources": ["secrets"]}}, {}, ["encryptionConfig"]),
    (CLUSTER, {}, {"bootstrapSelfManagedAddons": False}, ["bootstrapSelfManagedAddons"]),
    ("aws:eks/nodeGroup:NodeGroup", {"launchTemplate": TEMPLATE}, {"launchTemplate": {**TEMPLATE, "version": "2"}}, []),
    ("aws:eks/nodeGroup:NodeGroup", {"launchTemplate": TEMPLATE}, {"launchTemplate": {**TEMPLATE, "id": "lt-2"}},
     ["launchTemplate"]),
    ("aws:eks/nodeGroup:NodeGroup", {"launchTemplate": TEMPLATE}, {"launchTemplate": {**TEMPLATE, "id": wire.UNKNOWN}},
     ["launchTemplate"]),
    (ENDPOINT, {"vpcEndpointType": "Interface"}, {"vpcEndpointType": "Interface", "privateDnsEnabled": True}, []),
    (ENDPOINT, {}, {"privateDnsEnabled": True}, ["privateDnsEnabled"]),
    (VPC, {"instanceTenancy": "dedicated"}, {}, []),
    (VPC, {}, {"instanceTenancy": "dedicated"}, ["instanceTenancy"]),
    ("aws:ssm/parameter:Parameter", {"tier": "Advanced"}, {"tier": "Standard"}, ["tier"]),
    ("aws:ssm/parameter:Parameter", {}, {"tier": "Advanced"}, []),
    ("aws:cloudwatch/compositeAlarm:CompositeAlarm", {}, {"actionsEnabled": False}, ["actionsEnabled"]),
]  # fmt: skip


@pytest.mark.parametrize(("token", "before", "after", "replaces"), CHANGES)
def test_a_change_replaces_where_the_real_provider_does(
    token: str, before: dict[str, Value], after: dict[str, Value], replaces: list[str]
) -> None:
    declaration = services.resource(token)
    olds, news = ({**REQUIRED.get(token, {}), **each} for each in (before, after))
    old_inputs, failures = check(declaration, Request("r", olds, {}, b"seed"))
    new_inputs, more = check(declaration, Request("r", news, old_inputs, b"seed"))
    assert failures + more == []
    found = diff(declaration, Versions(old_inputs, new_inputs, old_inputs, None, "eu-west-1"))
    assert (sorted(found.replaces), bool(found.changed)) == (replaces, True)
