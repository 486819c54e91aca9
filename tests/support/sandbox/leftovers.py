"""What a program left behind in moto."""

from typing import Any

import jmespath  # type: ignore[import-untyped]

from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol.readers import blocks

# Service, operation and the names of what is there, without what AWS has of its own and what only remains as a record.
LISTED = (
    ("acm", "list_certificates", "CertificateSummaryList[].CertificateArn"),
    ("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName"),
    ("ec2", "describe_addresses", "Addresses[].PublicIp"),
    ("ec2", "describe_instances", "Reservations[].Instances[?State.Name!='terminated'][].InstanceId"),
    ("ec2", "describe_internet_gateways", "InternetGateways[].InternetGatewayId"),
    ("ec2", "describe_key_pairs", "KeyPairs[].KeyName"),
    ("ec2", "describe_nat_gateways", "NatGateways[?State!='deleted'].NatGatewayId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces[].NetworkInterfaceId"),
    ("ec2", "describe_security_groups", "SecurityGroups[?GroupName!='default'].GroupName"),
    ("ec2", "describe_subnets", "Subnets[?!DefaultForAz].SubnetId"),
    ("ec2", "describe_volumes", "Volumes[].VolumeId"),
    ("ec2", "describe_vpcs", "Vpcs[?!IsDefault].VpcId"),
    ("ecs", "list_clusters", "clusterArns"),
    ("ecs", "list_task_definitions", "taskDefinitionArns"),
    ("eks", "list_clusters", "clusters"),
    ("elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerName"),
    ("elbv2", "describe_target_groups", "TargetGroups[].TargetGroupName"),
    ("iam", "list_instance_profiles", "InstanceProfiles[].InstanceProfileName"),
    ("iam", "list_roles", "Roles[].RoleName"),
    ("logs", "describe_log_groups", "logGroups[].logGroupName"),
    ("route53", "list_hosted_zones", "HostedZones[].Name"),
    ("sns", "list_subscriptions", "Subscriptions[].Endpoint"),
    ("sns", "list_topics", "Topics[].TopicArn"),
    ("sqs", "list_queues", "QueueUrls"),
    ("ssm", "describe_parameters", "Parameters[].Name"),
)


def leftovers(*regions: str) -> dict[str, Any]:
    """Everything that is there, by operation and region; empty when nothing is."""
    client = AwsClient()
    found = {
        f"{operation} {region}": jmespath.search(path, client.call(service, operation, region))
        for region in regions
        for service, operation, path in LISTED
    }
    scaled = {"ServiceNamespace": "ecs"}
    for region in regions:
        targets = client.call("application-autoscaling", "describe_scalable_targets", region, **scaled)
        found[f"scalable targets {region}"] = [target["ResourceId"] for target in blocks(targets, "ScalableTargets")]
    return {name: value for name, value in found.items() if value}
