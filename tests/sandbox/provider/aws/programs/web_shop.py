"""A small platform as programs in the wild write it: typed classes, functions, secrets, several provider instances."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
zones = aws.get_availability_zones(state="available")
account = aws.get_caller_identity()

network = aws.ec2.Vpc("shop", cidr_block=config.get("cidr") or "10.30.0.0/16", enable_dns_hostnames=True)
gateway = aws.ec2.InternetGateway("shop", vpc_id=network.id)
subnets = [
    aws.ec2.Subnet(f"shop-{zone}", vpc_id=network.id, availability_zone=zone, cidr_block=f"10.30.{index}.0/24")
    for index, zone in enumerate(zones.names[:2])
]
group = aws.ec2.SecurityGroup(
    "shop",
    vpc_id=network.id,
    ingress=[{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"]}],
    egress=[aws.ec2.SecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])],
)
balancer = aws.lb.LoadBalancer("shop", subnets=[subnet.id for subnet in subnets], security_groups=[group.id])
targets = aws.lb.TargetGroup("shop", port=8080, protocol="HTTP", target_type="ip", vpc_id=network.id)
aws.lb.Listener(
    "shop",
    load_balancer_arn=balancer.arn,
    port=80,
    default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
)

trust = aws.iam.get_policy_document(
    statements=[
        {"actions": ["sts:AssumeRole"], "principals": [{"type": "Service", "identifiers": ["ecs-tasks.amazonaws.com"]}]}
    ]
)
role = aws.iam.Role("shop", assume_role_policy=trust.json)
aws.iam.RolePolicyAttachment("shop", role=role.name, policy_arn="arn:aws:iam::aws:policy/CloudWatchLogsFullAccess")
logs = aws.cloudwatch.LogGroup("shop", retention_in_days=config.get_int("retention") or 30)
containers = pulumi.Output.json_dumps(
    [
        {
            "name": "web",
            "image": "shop:1",
            "environment": [{"name": "TOKEN", "value": config.require_secret("token")}],
            "portMappings": [{"containerPort": 8080}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": logs.name, "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web"},
            },
        }
    ]
)
task = aws.ecs.TaskDefinition(
    "shop",
    family="shop",
    cpu="256",
    memory="512",
    network_mode="awsvpc",
    requires_compatibilities=["FARGATE"],
    execution_role_arn=role.arn,
    container_definitions=containers,
)
cluster = aws.ecs.Cluster("shop")
aws.ecs.Service(
    "shop",
    cluster=cluster.arn,
    task_definition=task.arn,
    desired_count=0,
    launch_type="FARGATE",
    network_configuration={"subnets": [subnet.id for subnet in subnets], "security_groups": [group.id]},
    load_balancers=[{"target_group_arn": targets.arn, "container_name": "web", "container_port": 8080}],
)

topic = aws.sns.Topic("orders")
queue = aws.sqs.Queue("orders", visibility_timeout_seconds=config.get_int("visibility") or 60)
allow = queue.arn.apply(
    lambda arn: json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                }
            ],
        }
    )
)
aws.sqs.QueuePolicy("orders", queue_url=queue.url, policy=allow)
aws.sns.TopicSubscription("orders", topic=topic.arn, protocol="sqs", endpoint=queue.arn)

far = aws.Provider("far", region="us-east-1", default_tags={"tags": {"team": "shop"}})
away = aws.sns.Topic("away", opts=pulumi.ResourceOptions(provider=far))

if existing := config.get("import"):
    aws.sqs.Queue("adopted", name=existing, opts=pulumi.ResourceOptions(import_=config.require("importUrl")))

pulumi.export("account", account.account_id)
pulumi.export("url", queue.url)
pulumi.export("repository", cluster.name)
pulumi.export("away", away.arn)
pulumi.export("awayTags", away.tags_all)
