"""What is in a cloud, over HTTP, without what every new account has."""

from typing import Any

import boto3
from botocore.config import Config


def client(env: dict[str, str], service: str) -> Any:
    """A boto3 client of the cloud that the environment `env` is attached to."""
    return boto3.client(
        service,
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=Config(inject_host_prefix=False, retries={"max_attempts": 0}),
    )


def resources(env: dict[str, str]) -> dict[str, list[str]]:
    """Resources in the cloud by kind, without those of every new account."""
    ec2, elb, ecs = client(env, "ec2"), client(env, "elbv2"), client(env, "ecs")
    scaling, iam = client(env, "application-autoscaling"), client(env, "iam")
    ours: list[dict[str, Any]] = [{"Name": "is-default", "Values": ["false"]}]
    alive = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    instances = [
        found for group in ec2.describe_instances(Filters=alive)["Reservations"] for found in group["Instances"]
    ]
    return {
        "vpcs": [vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=ours)["Vpcs"]],
        "security groups": [
            group["GroupName"]
            for group in ec2.describe_security_groups()["SecurityGroups"]
            if group["GroupName"] != "default"
        ],
        "instances": [instance["InstanceId"] for instance in instances],
        "addresses": [address["AllocationId"] for address in ec2.describe_addresses()["Addresses"]],
        "NAT gateways": [gateway["NatGatewayId"] for gateway in gateways if gateway["State"] != "deleted"],
        "endpoints": [
            endpoint["VpcEndpointId"]
            for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if endpoint["State"] != "deleted"
        ],
        "flow logs": [flow["FlowLogId"] for flow in ec2.describe_flow_logs()["FlowLogs"]],
        "key pairs": [pair["KeyName"] for pair in ec2.describe_key_pairs()["KeyPairs"]],
        "load balancers": [balancer["LoadBalancerName"] for balancer in elb.describe_load_balancers()["LoadBalancers"]],
        "target groups": [group["TargetGroupName"] for group in elb.describe_target_groups()["TargetGroups"]],
        "clusters": [
            cluster["clusterName"]
            for cluster in ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
            if cluster["status"] != "INACTIVE"  # ECS goes on listing a deleted cluster for a while
        ],
        "task definitions": ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"],
        "scalable targets": scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"],
        "repositories": [
            found["repositoryName"] for found in client(env, "ecr").describe_repositories()["repositories"]
        ],
        "topics": client(env, "sns").list_topics()["Topics"],
        "subscriptions": client(env, "sns").list_subscriptions()["Subscriptions"],
        "queues": client(env, "sqs").list_queues().get("QueueUrls", []),
        "log groups": [group["logGroupName"] for group in client(env, "logs").describe_log_groups()["logGroups"]],
        "alarms": [it["AlarmName"] for it in client(env, "cloudwatch").describe_alarms()["MetricAlarms"]],
        "roles": [role["RoleName"] for role in iam.list_roles()["Roles"] if "aws-service-role" not in role["Path"]],
        "instance profiles": iam.list_instance_profiles()["InstanceProfiles"],
    }
